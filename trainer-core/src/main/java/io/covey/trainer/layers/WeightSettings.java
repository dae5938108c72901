package io.covey.trainer.layers;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.constraints.Constraint;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.initializers.Initializers;
import io.covey.trainer.regularizers.Regularizer;
import java.io.Serializable;
import java.util.List;

/**
 * A variable's settings among a layer's arguments: {@code PREFIX_initializer}, {@code PREFIX_regularizer} and
 * {@code PREFIX_constraint}.
 *
 * @param initializer draws the first values
 * @param regularizer penalty on the values, or null
 * @param constraint restores the values after an update, or null
 */
public record WeightSettings(Initializer initializer, Regularizer regularizer, Constraint constraint)
        implements Serializable {
    /**
     * Reads the three arguments.
     *
     * @param prefix of the arguments' names, for example {@code kernel}
     * @param defaultInitializer Keras' name of it
     */
    public static WeightSettings read(Arguments arguments, String prefix, String defaultInitializer) {
        return new WeightSettings(
                Initializers.argument(arguments, prefix + "_initializer", defaultInitializer),
                Regularizer.argument(arguments, prefix + "_regularizer"),
                Constraint.argument(arguments, prefix + "_constraint"));
    }

    /** The variable with these settings. */
    public Weight weight(String name, List<Integer> shape) {
        return weight(name, name, shape);
    }

    /** The variable with these settings, for a layer whose attribute had another name in Keras 2. */
    public Weight weight(String name, String checkpointName, List<Integer> shape) {
        return new Weight(name, checkpointName, shape, initializer, regularizer, constraint, Double.NaN, false);
    }
}
