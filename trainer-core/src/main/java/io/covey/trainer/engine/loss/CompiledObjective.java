package io.covey.trainer.engine.loss;

import io.covey.trainer.engine.Objective;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OutputLoss;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.StateLayout;

/**
 * The losses and metrics that compile gives a model's outputs. The most common pair, sparse categorical cross-entropy from a
 * softmax with at most the accuracy, has a loop of its own.
 */
public final class CompiledObjective implements Objective {
    private final CompileOptions options;
    private final StateLayout layout;

    /** @throws io.covey.trainer.CoveyException a caller's error when options and model do not fit together */
    public CompiledObjective(Model model, CompileOptions options) {
        this.options = options;
        this.layout = new StateLayout(model, options);
    }

    @Override
    public OutputLoss lower(Model model, int index, Signal output, OnednnScope scope) {
        StateLayout.Output place = layout.outputs().get(index);
        return isFused(place, output)
                ? new SoftmaxCrossEntropy(place, output)
                : new GeneralLoss(index, place, layout.unreducedPositions(), options.classWeights(), output);
    }

    private boolean isFused(StateLayout.Output place, Signal output) {
        return layout.outputs().size() == 1
                && options.classWeights().isEmpty()
                && place.options().loss().isPlainSparseCrossentropy()
                && place.predShape().length == 1
                && place.metrics().stream().allMatch(metric -> metric.metric().isSparseCategoricalAccuracy())
                && output.mask() == null
                && output.logits() != null
                && output.logits().isSoftmax();
    }
}
