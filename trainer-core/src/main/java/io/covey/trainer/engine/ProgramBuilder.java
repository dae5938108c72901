package io.covey.trainer.engine;

import io.covey.trainer.layers.Layer;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.regularizers.L1L2;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;

/** What a program is made of while its model's layers are lowered. */
final class ProgramBuilder {
    /**
     * An operation with the layer that it belongs to.
     *
     * @param layer name of the layer
     */
    record LayerOp(String layer, Op op) {}

    private final OnednnScope scope;
    private final int rows;
    private final ProgramOptions options;
    private final RunKey runKey = new RunKey();
    private final StateRows stateRows;
    private final List<LayerOp> ops = new ArrayList<>();
    private final List<ActivityPenaltyOp> activityPenalties = new ArrayList<>();
    private final Map<ParameterSpec, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Tensor> layerOutputs = new HashMap<>();

    ProgramBuilder(OnednnScope scope, Model model, int rows, ProgramOptions options) {
        this.scope = scope;
        this.rows = rows;
        this.options = options;
        this.stateRows = new StateRows(model.statefulSize());
        model.layout().parameters().forEach(spec -> parameters.put(spec, new Parameter(spec)));
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

    StateRows stateRows() {
        return stateRows;
    }

    List<LayerOp> ops() {
        return ops;
    }

    /** The first output of each layer by name, where the options ask for it. */
    Map<String, Tensor> layerOutputs() {
        return layerOutputs;
    }

    List<Parameter> parameters() {
        return List.copyOf(parameters.values());
    }

    /** The only use of a variable, or all its uses, by operations that are added from now on. */
    ParameterUse use(ParameterSpec spec) {
        Parameter parameter = parameters.get(spec);
        parameter.usedFrom(ops.size());
        return new ParameterUse(scope, options.gradients(), parameter, 0);
    }

    /** The layer that is being lowered uses a signal. */
    void use(Signal signal) {
        scope.buffers().use(signal.value().values());
        if (signal.gradient() != null) {
            scope.buffers().use(signal.gradient().values());
        }
    }

    void add(String layer, Op op) {
        ops.add(new LayerOp(layer, op));
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

    List<Signal> lower(Layer layer, Lowering lowering) {
        Lowerings.of(layer).lower(layer, lowering);
        return lowering.outputs();
    }

    /**
     * Adds a penalty on an output to the loss. A loss must not skip its gradient: no logits are passed on.
     *
     * @param isConsumed whether anybody else writes the output's gradient
     */
    Signal penalized(String layer, L1L2 regularizer, Signal output, boolean isConsumed) {
        Signal passed = new Signal(output.value(), output.gradient(), null, output.mask());
        ActivityPenaltyOp penalty = new ActivityPenaltyOp(regularizer, passed, isConsumed);
        add(layer, penalty);
        // Its backward reads what the layer itself may have no need for.
        scope.buffers().useAt(output.value().values(), ops.size() - 1);
        activityPenalties.add(penalty);
        return passed;
    }

    List<ActivityPenaltyOp> activityPenalties() {
        return activityPenalties;
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
