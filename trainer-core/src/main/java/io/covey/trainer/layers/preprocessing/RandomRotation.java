package io.covey.trainer.layers.preprocessing;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** Turns images around their centre; the factor is a part of a full turn. */
public final class RandomRotation extends ImageTransform {
    private static final long serialVersionUID = 1L;

    private final double[] factor;

    /** Reads Keras' arguments. */
    public RandomRotation(Arguments arguments) {
        super(arguments);
        factor = range(arguments, "factor", -1, 1);
    }

    public RandomRotation(double factor) {
        this(Arguments.of("RandomRotation", Map.of("factor", factor)));
    }

    @Override
    public RandomRotation copy(Arguments newArguments) {
        return new RandomRotation(newArguments);
    }

    @Override
    public void matrix(long key, int row, int height, int width, double[] matrix) {
        double angle = 2 * Math.PI * uniform(key, row, 0, factor);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        aroundCentre(cos, -sin, sin, cos, height, width, matrix);
    }
}
