package io.covey.trainer.layers.preprocessing;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** Zooms images around their centre, out by positive factors; without a width factor both axes alike. */
public final class RandomZoom extends ImageTransform {
    private static final long serialVersionUID = 1L;

    /** At -1 nothing is left of the image. */
    private static final double FACTOR_MIN = Math.nextUp(-1.0);

    private final double[] heightFactor;
    private final double[] widthFactor;

    /** Reads Keras' arguments. */
    public RandomZoom(Arguments arguments) {
        super(arguments);
        heightFactor = range(arguments, "height_factor", FACTOR_MIN, 1);
        widthFactor =
                arguments.raw("width_factor", null) == null ? null : range(arguments, "width_factor", FACTOR_MIN, 1);
    }

    public RandomZoom(double factor) {
        this(Arguments.of("RandomZoom", Map.of("height_factor", factor)));
    }

    @Override
    public RandomZoom copy(Arguments newArguments) {
        return new RandomZoom(newArguments);
    }

    @Override
    public void matrix(long key, int row, int height, int width, double[] matrix) {
        double down = 1 + uniform(key, row, 0, heightFactor);
        double right = widthFactor == null ? down : 1 + uniform(key, row, 1, widthFactor);
        aroundCentre(right, 0, 0, down, height, width, matrix);
    }
}
