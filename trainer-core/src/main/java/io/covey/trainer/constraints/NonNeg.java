package io.covey.trainer.constraints;

import java.util.List;
import java.util.Map;

/** No element is negative. */
public record NonNeg() implements Constraint {
    @Override
    public String className() {
        return "NonNeg";
    }

    @Override
    public Map<String, Object> config() {
        return Map.of();
    }

    @Override
    public List<Integer> axes() {
        return List.of();
    }

    @Override
    public float element(float value) {
        return Math.max(value, 0f);
    }
}
