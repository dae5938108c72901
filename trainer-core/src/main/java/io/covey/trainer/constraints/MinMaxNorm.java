package io.covey.trainer.constraints;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Norms move towards an interval: {@code rate} of the way in each step.
 *
 * @param axes over which the norm is taken
 */
public record MinMaxNorm(double minValue, double maxValue, double rate, List<Integer> axes) implements Constraint {
    public MinMaxNorm {
        axes = Constraints.requireAxes(axes);
    }

    @Override
    public String className() {
        return "MinMaxNorm";
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("min_value", minValue);
        config.put("max_value", maxValue);
        config.put("rate", rate);
        config.put("axis", Constraints.axisConfig(axes));
        return config;
    }

    @Override
    public float factor(float norm) {
        float clipped = Math.min(Math.max(norm, (float) minValue), (float) maxValue);
        float desired = (float) rate * clipped + (float) (1 - rate) * norm;
        return desired / (Constraints.EPSILON + norm);
    }
}
