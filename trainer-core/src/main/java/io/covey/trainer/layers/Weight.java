package io.covey.trainer.layers;

import io.covey.trainer.constraints.Constraint;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.regularizers.Regularizer;
import java.util.List;

/**
 * A variable of a layer before it has a place in the flat vector.
 *
 * @param name Keras' path within the layer, for example {@code kernel} or {@code lstm_cell/kernel}; with a leading slash the
 *     whole path, whatever the layer is in
 * @param checkpointName Keras 2's attribute path, for example {@code kernel} or {@code cell/kernel}
 * @param shape Keras' layout
 * @param initializer draws the first values
 * @param regularizer penalty on the values, or null
 * @param constraint restores the values after an update, or null
 * @param movingMomentum for a moving average the weight of the old value in an update; NaN for a variable that is trained by
 *     its gradient
 * @param isFrozen whether training leaves it as it is
 */
public record Weight(
        String name,
        String checkpointName,
        List<Integer> shape,
        Initializer initializer,
        Regularizer regularizer,
        Constraint constraint,
        double movingMomentum,
        boolean isFrozen) {
    /** @throws io.covey.trainer.CoveyException a caller's error when the initializer has no numbers, or the regularizer no
     *     penalty, for the shape */
    public Weight {
        initializer.requireShape(name, shape);
        if (regularizer != null) {
            regularizer.requireShape(name, shape);
        }
    }

    /** A variable that is trained by its gradient. */
    public static Weight of(
            String name, List<Integer> shape, Initializer initializer, Regularizer regularizer, Constraint constraint) {
        return new Weight(name, name, shape, initializer, regularizer, constraint, Double.NaN, false);
    }

    /** A moving average of what the layer sees in training. */
    public static Weight movingAverage(String name, List<Integer> shape, Initializer initializer, double momentum) {
        return new Weight(name, name, shape, initializer, null, null, momentum, false);
    }

    /** Keras' path of this variable in something that has a path. */
    public String pathIn(String outer) {
        return name.startsWith("/") ? name : outer + "/" + name;
    }

    /** This variable as a part of an inner object. */
    public Weight inside(String path, String checkpointPath) {
        return new Weight(
                pathIn(path),
                checkpointPath + "/" + checkpointName,
                shape,
                initializer,
                regularizer,
                constraint,
                movingMomentum,
                isFrozen);
    }

    /** This variable left as it is by training. */
    public Weight frozen() {
        return new Weight(name, checkpointName, shape, initializer, regularizer, constraint, movingMomentum, true);
    }

    /** Whether it is a moving average. */
    public boolean isMovingAverage() {
        return !Double.isNaN(movingMomentum);
    }
}
