package io.covey.trainer.layers.preprocessing;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** Shifts images by parts of their height and width. */
public final class RandomTranslation extends ImageTransform {
    private static final long serialVersionUID = 1L;

    private final double[] heightFactor;
    private final double[] widthFactor;

    /** Reads Keras' arguments. */
    public RandomTranslation(Arguments arguments) {
        super(arguments);
        heightFactor = range(arguments, "height_factor", -1, 1);
        widthFactor = range(arguments, "width_factor", -1, 1);
    }

    public RandomTranslation(double heightFactor, double widthFactor) {
        this(Arguments.of("RandomTranslation", Map.of("height_factor", heightFactor, "width_factor", widthFactor)));
    }

    @Override
    public RandomTranslation copy(Arguments newArguments) {
        return new RandomTranslation(newArguments);
    }

    @Override
    public void matrix(long key, int row, int height, int width, double[] matrix) {
        double down = uniform(key, row, 0, heightFactor) * height;
        double right = uniform(key, row, 1, widthFactor) * width;
        set(matrix, 1, 0, -right, 0, 1, -down);
    }
}
