package io.covey.trainer.constraints;

import java.util.List;
import java.util.Map;

/**
 * No norm is above a limit.
 *
 * @param axes over which the norm is taken; Keras' default 0 gives one norm for each unit of a Dense kernel
 */
public record MaxNorm(double maxValue, List<Integer> axes) implements Constraint {
    /** Keras' default limit. */
    public static final double MAX_VALUE_DEFAULT = 2;

    public MaxNorm {
        axes = Constraints.requireAxes(axes);
    }

    @Override
    public String className() {
        return "MaxNorm";
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("max_value", maxValue, "axis", Constraints.axisConfig(axes));
    }

    @Override
    public float factor(float norm) {
        float desired = Math.min(Math.max(norm, 0f), (float) maxValue);
        return desired / (Constraints.EPSILON + norm);
    }
}
