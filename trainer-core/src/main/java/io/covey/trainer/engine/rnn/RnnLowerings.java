package io.covey.trainer.engine.rnn;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.core.Embedding;
import io.covey.trainer.layers.core.Masking;
import io.covey.trainer.layers.merging.Concatenate;
import io.covey.trainer.layers.reshaping.Cropping;
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
import java.util.Map;

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
            boolean consumed = call.isConsumed(firstOutput + i) || layer.activityRegularizer() != null;
            outputs.add(new SequenceOutput(call.signal(call.rows(), layer.units()), 0, false, consumed));
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
        // Keras hands no mask to a layer that is called with initial states.
        Tensor mask = inputs.size() > 1 ? null : inputs.get(0).mask();
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
                layer.isStateful() ? new CarriedStates(call.stateRows(), call.stateColumn(layer)) : null,
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
        // Side by side in one tensor, unless each direction has a penalty on its own.
        boolean sharesOutput =
                mode == MergeMode.CONCAT && ahead.activityRegularizer() == null && back.activityRegularizer() == null;
        int firstState = mode == MergeMode.NONE ? 2 : 1;
        List<SequenceOutput> states = stateOutputs(ahead, call, firstState);
        List<SequenceOutput> backStates = stateOutputs(back, call, firstState + states.size());
        Signal first;
        Signal second;
        if (sharesOutput) {
            first = outputSignal(ahead, call, ahead.units() + back.units());
            second = first;
        } else {
            first = outputSignal(ahead, call, ahead.units());
            second = outputSignal(back, call, back.units());
        }
        boolean merges = mode != MergeMode.NONE && !sharesOutput;
        boolean firstRead = merges || call.isConsumed(0);
        boolean secondRead = merges || call.isConsumed(mode == MergeMode.NONE ? 1 : 0);
        boolean firstConsumed = firstRead || ahead.activityRegularizer() != null;
        boolean secondConsumed = secondRead || back.activityRegularizer() != null;
        int secondColumn = sharesOutput ? ahead.units() : 0;
        // Both read one input, each with a gradient of its own.
        List<Signal> inputs = new ArrayList<>(Bidirectional.inputsOf(call.inputs(), 0));
        List<Signal> backInputs = new ArrayList<>(Bidirectional.inputsOf(call.inputs(), 1));
        List<Signal> forks = call.fork(call.plainInput().withMask(call.input().mask()), 2);
        inputs.set(0, forks.get(0));
        backInputs.set(0, forks.get(1));
        addDirection(ahead, call, inputs, 0, 0, new SequenceOutput(first, 0, false, firstConsumed), states);
        penalize(ahead, call, first, firstRead, states, firstState);
        addDirection(
                back,
                call,
                backInputs,
                ahead.hasBias() ? 3 : 2,
                RecurrentCell.STREAM_LENGTH,
                new SequenceOutput(second, secondColumn, flips, secondConsumed),
                backStates);
        penalize(back, call, second, secondRead, backStates, firstState + states.size());
        List<Signal> outputs = new ArrayList<>();
        if (!merges) {
            outputs.add(first);
        } else if (mode == MergeMode.CONCAT) {
            outputs.addAll(call.lower(new Concatenate(-1), List.of(first, second), 0, 0));
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

    /** Keras calls the two layers like any others, so that each has its penalty. */
    private static void penalize(
            RecurrentLayer layer,
            Lowering call,
            Signal output,
            boolean isConsumed,
            List<SequenceOutput> states,
            int firstState) {
        call.penalized(layer.activityRegularizer(), output, isConsumed);
        for (int i = 0; i < states.size(); i++) {
            call.penalized(layer.activityRegularizer(), states.get(i).signal(), call.isConsumed(firstState + i));
        }
    }

    private static void lower(TimeDistributed layer, Lowering call) {
        boolean normalizes = call.isTraining() && layer.layer().needsWholeBatch();
        if (normalizes || layer.layer().statefulSize() > 0) {
            stepByStep(layer, call);
            return;
        }
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

    /** As Keras computes it: what normalises by the whole batch does so in every time step, and states go from step to step. */
    private static void stepByStep(TimeDistributed layer, Lowering call) {
        Signal input = call.plainInput();
        int[] shape = input.value().shape();
        int steps = shape[1];
        Signal flat = call.reshaped(input, shape[0], steps, input.value().size() / shape[0] / steps);
        List<Signal> forks = call.fork(flat, steps);
        Tensor mask = call.input().mask();
        int[] stepShape = Arrays.copyOfRange(shape, 1, shape.length);
        stepShape[0] = shape[0];
        List<Signal> outputs = new ArrayList<>();
        int[] outer = null;
        for (int step = 0; step < steps; step++) {
            Signal in = call.reshaped(cut(call, forks.get(step), step), stepShape);
            List<Signal> inputs = List.of(in.withMask(mask == null ? null : cut(call, mask, step)));
            Signal out = call.plain(
                    call.lowerRepeated(layer.layer(), inputs, step, steps).get(0));
            int[] innerShape = out.value().shape();
            outer = new int[innerShape.length + 1];
            outer[0] = shape[0];
            outer[1] = steps;
            System.arraycopy(innerShape, 1, outer, 2, innerShape.length - 1);
            outputs.add(call.reshaped(out, shape[0], 1, out.value().size() / shape[0]));
        }
        Signal joined = steps == 1
                ? outputs.get(0)
                : call.lower(new Concatenate(1), outputs, 0, 0).get(0);
        call.output(call.reshaped(joined, outer));
    }

    /** One time step of (rows, steps, numbers). */
    private static Signal cut(Lowering call, Signal sequence, int step) {
        int after = sequence.value().shape()[1] - 1 - step;
        Layer cut = new Cropping(1, Arguments.of("Cropping1D", Map.of("cropping", List.of(step, after))));
        return call.lower(cut, List.of(sequence), 0, 0).get(0);
    }

    /** One time step of a mask. */
    private static Tensor cut(Lowering call, Tensor mask, int step) {
        int[] shape = mask.shape();
        int rows = shape[0];
        int steps = shape[1];
        Signal sequence = call.reshaped(new Signal(mask, null), rows, steps, mask.size() / rows / steps);
        int[] stepShape = Arrays.copyOfRange(shape, 1, shape.length);
        stepShape[0] = rows;
        return call.reshaped(cut(call, sequence, step), stepShape).value();
    }
}
