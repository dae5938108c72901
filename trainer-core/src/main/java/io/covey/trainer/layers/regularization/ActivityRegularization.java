package io.covey.trainer.layers.regularization;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.regularizers.L1L2;
import io.covey.trainer.regularizers.Regularizer;
import java.util.List;
import java.util.Map;

/** The identity, with a penalty on its numbers. */
public final class ActivityRegularization extends Layer {
    private static final long serialVersionUID = 1L;

    private final L1L2 activityRegularizer;

    /** Reads Keras' arguments. */
    public ActivityRegularization(Arguments arguments) {
        super(arguments);
        activityRegularizer = Regularizer.l1l2(
                arguments.real("l1", 0, 0, Float.MAX_VALUE), arguments.real("l2", 0, 0, Float.MAX_VALUE));
    }

    public ActivityRegularization(double l1, double l2) {
        this(Arguments.of("ActivityRegularization", Map.of("l1", l1, "l2", l2)));
    }

    @Override
    public ActivityRegularization copy(Arguments newArguments) {
        return new ActivityRegularization(newArguments);
    }

    @Override
    public L1L2 activityRegularizer() {
        return activityRegularizer;
    }

    @Override
    public boolean supportsMasking() {
        return true;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return single(inputShapes);
    }
}
