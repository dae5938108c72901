package io.covey.trainer.constraints;

import java.util.List;
import java.util.Map;

/**
 * Every norm is one.
 *
 * @param axes over which the norm is taken
 */
public record UnitNorm(List<Integer> axes) implements Constraint {
    public UnitNorm {
        axes = Constraints.requireAxes(axes);
    }

    @Override
    public String className() {
        return "UnitNorm";
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("axis", Constraints.axisConfig(axes));
    }

    @Override
    public float factor(float norm) {
        return 1f / (Constraints.EPSILON + norm);
    }
}
