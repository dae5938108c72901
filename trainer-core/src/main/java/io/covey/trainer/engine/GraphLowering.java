package io.covey.trainer.engine;

import io.covey.trainer.layers.core.InputLayer;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Node;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.model.Value;
import io.covey.trainer.random.CounterRandom;
import io.covey.trainer.regularizers.L1L2;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Lowers a graph's calls of layers, in order, and connects their signals: a whole model, or one inside another. */
final class GraphLowering {
    private final ProgramBuilder program;
    private final Model model;
    private final Function<ParameterSpec, ParameterUse> uses;
    private final List<Boolean> consumed;
    private final long outerStream;
    private final boolean isInner;
    private final Map<Value, Producer> producers = new HashMap<>();
    private final GraphMasks masks;

    /**
     * What made a value, and who reads it.
     *
     * @param position of the addition of gradients
     */
    private record Producer(Signal signal, int consumers, AddGradients addGradients, int position) {}

    /** The whole model. */
    GraphLowering(ProgramBuilder program, Model model) {
        this(
                program,
                model,
                program::use,
                model.outputs().stream().map(output -> true).toList(),
                0,
                false);
    }

    /**
     * A model inside another.
     *
     * @param uses of the inner model's variables in this call
     * @param consumed whether anybody reads each output
     * @param outerStream the call's random numbers
     */
    static GraphLowering inner(
            ProgramBuilder program,
            Model model,
            Function<ParameterSpec, ParameterUse> uses,
            List<Boolean> consumed,
            long outerStream) {
        return new GraphLowering(program, model, uses, consumed, outerStream, true);
    }

    private GraphLowering(
            ProgramBuilder program,
            Model model,
            Function<ParameterSpec, ParameterUse> uses,
            List<Boolean> consumed,
            long outerStream,
            boolean isInner) {
        this.program = program;
        this.model = model;
        this.uses = uses;
        this.consumed = consumed;
        this.outerStream = outerStream;
        this.isInner = isInner;
        masks = new GraphMasks(model);
    }

    /** Makes an input known. */
    void input(Value value, Signal signal) {
        produce("input", value, signal);
    }

    /** A whole model's output, in C order. */
    Signal output(Value value) {
        program.beginLayer(List.of());
        Signal output = program.plain(consume(value));
        program.endLayer(program.options().gradients());
        useInLoss(output);
        if (output.logits() != null) {
            useInLoss(output.logits().signal());
        }
        program.scope().buffers().keepToEnd(output.value().values());
        return output;
    }

    private void useInLoss(Signal signal) {
        Buffers buffers = program.scope().buffers();
        buffers.useAt(signal.value().values(), Buffers.LOSS);
        if (signal.gradient() != null) {
            buffers.useAt(signal.gradient().values(), Buffers.LOSS);
        }
    }

    /** Lowers all calls of layers. */
    void lowerAll() {
        for (Model.Step step : model.steps()) {
            if (!(step.node().layer() instanceof InputLayer)) {
                lower(step.node(), step.call());
            }
        }
    }

    private void lower(Node node, Node.Call call) {
        program.beginLayer(List.of());
        List<Signal> made = call.inputs().stream().map(this::use).toList();
        List<Signal> inputs = masks.found(node, call, made);
        List<Signal> noted = masks.noted(call, made);
        int earlier = (int) node.calls().stream()
                .filter(other -> other.order() < call.order())
                .count();
        List<ParameterUse> ofCall = node.parameters().stream()
                .map(spec -> uses.apply(spec).part(earlier, node.calls().size()))
                .toList();
        boolean penalized = node.layer().activityRegularizer() != null;
        List<Boolean> readOutputs = call.outputs().stream()
                .map(value -> penalized || consumers(value) > 0)
                .toList();
        Lowering lowering =
                new Lowering(program, node.name(), randomStream(node, earlier), inputs, ofCall, readOutputs);
        boolean isNoted = !noted.equals(inputs);
        if (isNoted) {
            lowering.setNoted(noted);
        }
        List<Signal> outputs = penalized(node, call, program.lower(node.layer(), lowering));
        if (program.options().layerOutputs() && !isInner) {
            // The operations of later layers leave it as it is.
            Tensor first =
                    program.plain(new Signal(outputs.get(0).value(), null)).value();
            program.scope().buffers().keepToEnd(first.values());
            program.layerOutputs().put(node.name(), first);
        }
        Tensor mask = node.layer().supportsMasking() ? inputs.get(0).mask() : null;
        for (int i = 0; i < outputs.size(); i++) {
            Signal output = outputs.get(i);
            produce(node.name(), call.outputs().get(i), output.mask() == null ? output.withMask(mask) : output);
        }
        if (isNoted && !node.layer().makesMask()) {
            boolean passes = node.layer().supportsMasking() && lowering.notedMask() == null;
            masks.note(call.outputs().get(0), passes ? noted.get(0).mask() : lowering.notedMask());
        }
        program.endLayer(lowering.needsGradient());
    }

    /** Each call of each layer has random numbers of its own. */
    private long randomStream(Node node, int call) {
        int index = model.nodes().indexOf(node);
        return isInner
                ? CounterRandom.key(outerStream, index, call, 1)
                : (long) call * model.nodes().size() + index;
    }

    private List<Signal> penalized(Node node, Node.Call call, List<Signal> outputs) {
        L1L2 regularizer = node.layer().activityRegularizer();
        if (regularizer == null) {
            return outputs;
        }
        List<Signal> passed = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            boolean isConsumed = consumers(call.outputs().get(i)) > 0;
            passed.add(program.penalized(node.name(), regularizer, outputs.get(i), isConsumed));
        }
        return passed;
    }

    private void produce(String layer, Value value, Signal signal) {
        int consumers = consumers(value);
        AddGradients addGradients = null;
        if (consumers == 0 && signal.gradient() != null && isInput(value)) {
            program.add(layer, new ZeroGradient(signal.gradient()));
            program.scope()
                    .buffers()
                    .useAt(signal.gradient().values(), program.ops().size() - 1);
        }
        if (consumers > 1 && signal.gradient() != null) {
            addGradients = new AddGradients(signal.gradient());
            program.add(layer, addGradients);
        }
        producers.put(
                value,
                new Producer(signal, consumers, addGradients, program.ops().size() - 1));
    }

    private boolean isInput(Value value) {
        return model.inputs().contains(value);
    }

    /** The signal of whoever reads an output of the model. */
    Signal consume(Value value) {
        return masks.atEnd(value, use(value));
    }

    /** The signal of one more consumer of {@code value}: each has a gradient of its own. */
    private Signal use(Value value) {
        Signal signal = connect(value);
        program.use(signal);
        return signal;
    }

    private Signal connect(Value value) {
        Producer producer = producers.get(value);
        if (producer.addGradients == null) {
            return producer.consumers > 1
                    ? new Signal(producer.signal.value(), producer.signal.gradient(), null, producer.signal.mask())
                    : producer.signal;
        }
        Tensor gradient = producer.addGradients.hasFirst()
                ? program.scope().tensorLike(Role.GRADIENT, producer.signal.gradient())
                : producer.signal.gradient();
        program.scope().buffers().useAt(gradient.values(), producer.position);
        producer.addGradients.from(gradient);
        return new Signal(producer.signal.value(), gradient, null, producer.signal.mask());
    }

    /** Readers of a value: calls of layers, and whoever reads it as an output. */
    private int consumers(Value value) {
        int readers = 0;
        for (Model.Step step : model.steps()) {
            for (Value input : step.call().inputs()) {
                readers += input.equals(value) ? 1 : 0;
            }
        }
        for (int i = 0; i < model.outputs().size(); i++) {
            readers += consumed.get(i) && model.outputs().get(i).equals(value) ? 1 : 0;
        }
        return readers;
    }
}
