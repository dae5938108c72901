package io.covey.trainer.engine.rnn;

import io.covey.trainer.CoveyException;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.layers.core.Embedding;
import io.covey.trainer.layers.core.Masking;
import io.covey.trainer.layers.rnn.Bidirectional;
import io.covey.trainer.layers.rnn.Bidirectional.MergeMode;
import io.covey.trainer.layers.rnn.GRU;
import io.covey.trainer.layers.rnn.LSTM;
import io.covey.trainer.layers.rnn.RecurrentLayer;
import io.covey.trainer.layers.rnn.SimpleRNN;
import io.covey.trainer.layers.rnn.TimeDistributed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lowers the layers for sequences. */
public final class RnnLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(Embedding.class, RnnLowerings::lower);
        registry.register(Masking.class, RnnLowerings::lower);
        registry.register(SimpleRNN.class, RnnLowerings::lower);
        registry.register(LSTM.class, RnnLowerings::lower);
        registry.register(GRU.class, RnnLowerings::lower);
        registry.register(Bidirectional.class, RnnLowerings::lower);
        registry.register(TimeDistributed.class, RnnLowerings::lower);
    }

    private static void lower(Embedding layer, Lowering call) {
        Signal input = call.plainInput();
        Signal output = call.signal(append(input.value().shape(), layer.outputDim()));
        Tensor mask = layer.masksZero() ? call.scope().tensor(input.value().shape()) : null;
        call.add(new EmbeddingOp(call, layer, input, output, mask));
        call.output(output.withMask(mask));
    }

    private static int[] append(int[] shape, int width) {
        int[] longer = Arrays.copyOf(shape, shape.length + 1);
        longer[shape.length] = width;
        return longer;
    }

    private static void lower(Masking layer, Lowering call) {
        Signal input = call.plainInput();
        int[] shape = input.value().shape();
        Tensor mask = call.scope().tensor(Arrays.copyOf(shape, shape.length - 1));
        Signal output = call.signal(shape);
        call.add(new MaskingOp(layer.maskValue(), input, output, mask));
        call.output(output.withMask(mask));
    }

    private static void lower(RecurrentLayer layer, Lowering call) {
        Signal output = outputSignal(layer, call, layer.units());
        List<SequenceOutput> states = stateOutputs(layer, call, 1);
        SequenceOutput place = new SequenceOutput(output, 0, false, call.isConsumed(0));
        addDirection(layer, call, call.inputs(), 0, 0, place, states);
        List<Signal> outputs = new ArrayList<>();
        outputs.add(layer.returnsSequences() ? output.withMask(call.input().mask()) : output);
        states.forEach(state -> outputs.add(state.signal()));
        call.output(outputs.toArray(Signal[]::new));
    }

    private static Signal outputSignal(RecurrentLayer layer, Lowering call, int width) {
        int[] shape = call.input().value().shape();
        return layer.returnsSequences() ? call.signal(shape[0], shape[1], width) : call.signal(shape[0], width);
    }

    private static List<SequenceOutput> stateOutputs(RecurrentLayer layer, Lowering call, int firstOutput) {
        List<SequenceOutput> outputs = new ArrayList<>();
        for (int i = 0; layer.returnsState() && i < layer.states(); i++) {
            outputs.add(new SequenceOutput(
                    call.signal(call.rows(), layer.units()), 0, false, call.isConsumed(firstOutput + i)));
        }
        return outputs;
    }

    /** Adds one recurrent layer: all of a call, or one direction of it. */
    private static void addDirection(
            RecurrentLayer layer,
            Lowering call,
            List<Signal> inputs,
            int firstParameter,
            long stream,
            SequenceOutput output,
            List<SequenceOutput> states) {
        Signal input = call.plain(inputs.get(0));
        int[] shape = input.value().shape();
        Tensor mask = inputs.get(0).mask();
        if (mask != null && mask.size() != shape[0] * shape[1]) {
            throw CoveyException.caller(
                    call.name() + ": the mask " + mask + " has more than the time axis of the input " + input.value());
        }
        call.add(new RecurrentOp(
                cell(layer, call, firstParameter, stream),
                layer.goesBackwards(),
                new SequenceMask(mask, shape[0], shape[1], layer.goesBackwards(), layer.zeroesOutputForMask()),
                input,
                inputs.subList(1, inputs.size()).stream().map(call::plain).toList(),
                output,
                states));
    }

    private static RecurrentCell cell(RecurrentLayer layer, Lowering call, int firstParameter, long stream) {
        if (layer instanceof LSTM lstm) {
            return new LstmCell(call, lstm, firstParameter, stream);
        }
        if (layer instanceof GRU gru) {
            return gru.resetsAfter()
                    ? new GruCell(call, gru, firstParameter, stream)
                    : new GruResetBeforeCell(call, gru, firstParameter, stream);
        }
        return new SimpleRnnCell(call, (SimpleRNN) layer, firstParameter, stream);
    }

    private static void lower(Bidirectional layer, Lowering call) {
        RecurrentLayer ahead = layer.forwardLayer();
        RecurrentLayer back = layer.backwardLayer();
        MergeMode mode = layer.mergeMode();
        boolean flips = back.returnsSequences();
        int firstState = mode == MergeMode.NONE ? 2 : 1;
        List<SequenceOutput> states = stateOutputs(ahead, call, firstState);
        List<SequenceOutput> backStates = stateOutputs(back, call, firstState + states.size());
        Signal first;
        Signal second;
        if (mode == MergeMode.CONCAT) {
            first = outputSignal(ahead, call, ahead.units() + back.units());
            second = first;
        } else {
            first = outputSignal(ahead, call, ahead.units());
            second = outputSignal(back, call, back.units());
        }
        boolean firstConsumed = call.isConsumed(0);
        boolean secondConsumed = mode == MergeMode.NONE ? call.isConsumed(1) : firstConsumed;
        int secondColumn = mode == MergeMode.CONCAT ? ahead.units() : 0;
        // Both read one input, each with a gradient of its own.
        List<Signal> inputs = new ArrayList<>(Bidirectional.inputsOf(call.inputs(), 0));
        List<Signal> backInputs = new ArrayList<>(Bidirectional.inputsOf(call.inputs(), 1));
        List<Signal> forks = call.fork(call.plainInput().withMask(call.input().mask()), 2);
        inputs.set(0, forks.get(0));
        backInputs.set(0, forks.get(1));
        addDirection(ahead, call, inputs, 0, 0, new SequenceOutput(first, 0, false, firstConsumed), states);
        addDirection(
                back,
                call,
                backInputs,
                ahead.hasBias() ? 3 : 2,
                RecurrentCell.STREAM_LENGTH,
                new SequenceOutput(second, secondColumn, flips, secondConsumed),
                backStates);
        List<Signal> outputs = new ArrayList<>();
        if (mode == MergeMode.CONCAT || mode == MergeMode.NONE) {
            outputs.add(first);
        } else {
            Signal merged = call.signalLike(first);
            call.add(new MergeDirections(mode, first, second, merged));
            outputs.add(merged);
        }
        if (mode == MergeMode.NONE) {
            outputs.add(second);
        }
        Tensor mask = flips ? call.input().mask() : null;
        outputs.replaceAll(output -> output.withMask(mask));
        states.forEach(state -> outputs.add(state.signal()));
        backStates.forEach(state -> outputs.add(state.signal()));
        call.output(outputs.toArray(Signal[]::new));
    }

    private static void lower(TimeDistributed layer, Lowering call) {
        Signal input = call.plainInput();
        int[] shape = input.value().shape();
        int[] steps = Arrays.copyOfRange(shape, 1, shape.length);
        steps[0] = shape[0] * shape[1];
        Signal inner = call.plain(call.lower(
                        layer.layer(),
                        List.of(call.reshaped(input, steps)),
                        0,
                        call.parameters().size())
                .get(0));
        int[] innerShape = inner.value().shape();
        int[] outer = new int[innerShape.length + 1];
        outer[0] = shape[0];
        outer[1] = shape[1];
        System.arraycopy(innerShape, 1, outer, 2, innerShape.length - 1);
        call.output(call.reshaped(inner, outer));
    }
}
