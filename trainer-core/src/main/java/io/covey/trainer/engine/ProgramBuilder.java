package io.covey.trainer.engine;

import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.core.InputLayer;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Node;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.model.Value;
import io.covey.trainer.regularizers.Regularizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;

/** Lowers a model's calls of layers, in order, and connects their signals. */
final class ProgramBuilder {
    /**
     * An operation with the layer that it belongs to.
     *
     * @param layer name of the layer
     */
    record LayerOp(String layer, Op op) {}

    private final OnednnScope scope;
    private final Model model;
    private final int rows;
    private final ProgramOptions options;
    private final RunKey runKey = new RunKey();
    private final List<LayerOp> ops = new ArrayList<>();
    private final List<ActivityPenaltyOp> activityPenalties = new ArrayList<>();
    private final Map<Value, Producer> producers = new HashMap<>();
    private final Map<ParameterSpec, Parameter> parameters = new HashMap<>();
    private final Map<String, Tensor> layerOutputs = new HashMap<>();

    /** What made a value, and who reads it. */
    private static final class Producer {
        private final Signal signal;
        private final int consumers;
        private final AddGradients addGradients;
        /** Of the addition of gradients. */
        private final int position;

        Producer(Signal signal, int consumers, AddGradients addGradients, int position) {
            this.signal = signal;
            this.consumers = consumers;
            this.addGradients = addGradients;
            this.position = position;
        }
    }

    ProgramBuilder(OnednnScope scope, Model model, int rows, ProgramOptions options) {
        this.scope = scope;
        this.model = model;
        this.rows = rows;
        this.options = options;
        for (Node node : model.nodes()) {
            boolean shared = node.calls().size() > 1 && options.gradients();
            for (ParameterSpec spec : node.parameters()) {
                parameters.put(
                        spec, new Parameter(spec, shared && spec.isTrainable() ? scope.floats(spec.size()) : null));
            }
        }
    }

    OnednnScope scope() {
        return scope;
    }

    int rows() {
        return rows;
    }

    ProgramOptions options() {
        return options;
    }

    RunKey runKey() {
        return runKey;
    }

    List<LayerOp> ops() {
        return ops;
    }

    /** The first output of each layer by name, where the options ask for it. */
    Map<String, Tensor> layerOutputs() {
        return layerOutputs;
    }

    List<Parameter> parameters() {
        return model.layout().parameters().stream().map(parameters::get).toList();
    }

    void add(String layer, Op op) {
        ops.add(new LayerOp(layer, op));
    }

    /** Makes a model's input known. */
    void input(Value value, Signal signal) {
        produce("input", value, signal);
    }

    /** A model's output, in C order. */
    Signal output(Value value) {
        beginLayer(List.of());
        Signal output = plain(consume(value));
        endLayer(options.gradients());
        useInLoss(output);
        if (output.logits() != null) {
            useInLoss(output.logits().signal());
        }
        scope.buffers().keepToEnd(output.value().values());
        return output;
    }

    /** The operations that are added from now on are those of one layer, until its {@link #endLayer}. */
    void beginLayer(List<Signal> inputs) {
        scope.buffers().enter(ops.size());
        inputs.forEach(this::use);
    }

    /** @param runsBackward whether the layer computes a gradient */
    void endLayer(boolean runsBackward) {
        scope.buffers().exit(ops.size(), runsBackward);
    }

    /** The layer that is being lowered uses a signal. */
    void use(Signal signal) {
        scope.buffers().use(signal.value().values());
        if (signal.gradient() != null) {
            scope.buffers().use(signal.gradient().values());
        }
    }

    private void useInLoss(Signal signal) {
        scope.buffers().useAt(signal.value().values(), Buffers.LOSS);
        if (signal.gradient() != null) {
            scope.buffers().useAt(signal.gradient().values(), Buffers.LOSS);
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
        beginLayer(List.of());
        List<Signal> inputs = call.inputs().stream().map(this::consume).toList();
        boolean isLastCall = node.calls().stream().allMatch(other -> other.order() <= call.order());
        List<ParameterUse> uses = node.parameters().stream()
                .map(spec -> new ParameterUse(scope, parameters.get(spec), isLastCall))
                .toList();
        List<Boolean> consumed =
                call.outputs().stream().map(value -> consumers(value) > 0).toList();
        Lowering lowering = new Lowering(this, node.name(), model.nodes().indexOf(node), inputs, uses, consumed);
        List<Signal> outputs = penalized(node, call, lower(node.layer(), lowering));
        if (options.layerOutputs()) {
            // The operations of later layers leave it as it is.
            Tensor output = plain(new Signal(outputs.get(0).value(), null)).value();
            scope.buffers().keepToEnd(output.values());
            layerOutputs.put(node.name(), output);
        }
        Tensor mask = node.layer().supportsMasking() ? inputs.get(0).mask() : null;
        for (int i = 0; i < outputs.size(); i++) {
            Signal output = outputs.get(i);
            produce(node.name(), call.outputs().get(i), output.mask() == null ? output.withMask(mask) : output);
        }
        endLayer(lowering.needsGradient());
    }

    /** Adds the penalty on a layer's first output. A loss must not skip its gradient: no logits are passed on. */
    private List<Signal> penalized(Node node, Node.Call call, List<Signal> outputs) {
        Regularizer regularizer = node.layer().activityRegularizer();
        if (regularizer == null) {
            return outputs;
        }
        List<Signal> passed = new ArrayList<>(outputs);
        Signal output = new Signal(outputs.get(0).value(), outputs.get(0).gradient());
        passed.set(0, output);
        ActivityPenaltyOp penalty = new ActivityPenaltyOp(
                regularizer, output, consumers(call.outputs().get(0)) > 0);
        add(node.name(), penalty);
        activityPenalties.add(penalty);
        return passed;
    }

    List<ActivityPenaltyOp> activityPenalties() {
        return activityPenalties;
    }

    List<Signal> lower(Layer layer, Lowering lowering) {
        Lowerings.of(layer).lower(layer, lowering);
        return lowering.outputs();
    }

    private void produce(String layer, Value value, Signal signal) {
        int consumers = consumers(value);
        AddGradients addGradients = null;
        if (consumers > 1 && signal.gradient() != null) {
            addGradients = new AddGradients(signal.gradient());
            add(layer, addGradients);
        }
        producers.put(value, new Producer(signal, consumers, addGradients, ops.size() - 1));
    }

    /** The signal of one more consumer of {@code value}: each has a gradient of its own. */
    Signal consume(Value value) {
        Signal signal = connect(value);
        use(signal);
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
                ? scope.tensorLike(Role.GRADIENT, producer.signal.gradient())
                : producer.signal.gradient();
        scope.buffers().useAt(gradient.values(), producer.position);
        producer.addGradients.from(gradient);
        return new Signal(producer.signal.value(), gradient, null, producer.signal.mask());
    }

    /** Readers of a value: calls of layers, and the loss if it is an output. */
    private int consumers(Value value) {
        int readers = 0;
        for (Model.Step step : model.steps()) {
            for (Value input : step.call().inputs()) {
                readers += input.equals(value) ? 1 : 0;
            }
        }
        for (Value output : model.outputs()) {
            readers += output.equals(value) ? 1 : 0;
        }
        return readers;
    }

    /** The same numbers in C order; itself if they are. */
    Signal plain(Signal signal) {
        if (signal.value().isPlain()) {
            return signal;
        }
        return formatted(signal, scope.plainDesc(signal.value().shape()));
    }

    /** The same numbers in a format of oneDNN's; itself if they are. */
    Signal formatted(Signal signal, dnnl_memory_desc desc) {
        if (dnnl.dnnl_memory_desc_equal(signal.value().desc(), desc) != 0) {
            return signal;
        }
        int[] shape = signal.value().shape();
        Signal formatted = new Signal(
                scope.tensor(Role.COPY, desc, shape),
                signal.gradient() == null ? null : scope.tensor(Role.GRADIENT, desc, shape),
                null,
                signal.mask());
        scope.buffers().forgetInput(signal.value().values());
        add("reorder", new ReorderOp(scope, signal, formatted));
        return formatted;
    }
}
