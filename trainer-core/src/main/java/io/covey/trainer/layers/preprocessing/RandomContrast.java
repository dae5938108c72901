package io.covey.trainer.layers.preprocessing;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.regularization.Seeds;
import java.util.List;
import java.util.Map;

/** In training {@code (x - mean) * f + mean}, the mean being each channel's over the image, f random; then clipped. */
public final class RandomContrast extends Layer {
    private static final long serialVersionUID = 1L;

    private static final double WHITE = 255;

    private final double[] factor;
    private final double[] valueRange;
    private final Long seed;

    /** Reads Keras' arguments; {@code factor} is required. */
    public RandomContrast(Arguments arguments) {
        super(arguments);
        double[] written = AffineLayer.numbers(arguments, "factor", arguments.raw("factor", null));
        double lower = written[0];
        double upper = written[written.length - 1];
        if (written.length > 2 || !(lower >= 0 && lower <= 1 && upper >= 0)) {
            throw arguments.error(
                    "factor",
                    "is " + arguments.raw("factor", null)
                            + ", expected a number in [0, 1], or two for what is taken and added");
        }
        factor = new double[] {1 - lower, 1 + upper};
        valueRange = AffineLayer.numbers(arguments, "value_range", arguments.raw("value_range", List.of(0, WHITE)));
        seed = Seeds.read(arguments);
        arguments.choice("data_format", "channels_last", "channels_last");
    }

    public RandomContrast(double factor) {
        this(Arguments.of("RandomContrast", Map.of("factor", factor)));
    }

    @Override
    public RandomContrast copy(Arguments newArguments) {
        return new RandomContrast(newArguments);
    }

    /** The factor f of an image. */
    public double factor(long key, int row) {
        return ImageTransform.uniform(key, row, 0, factor);
    }

    /** The least value that is left. */
    public float least() {
        return (float) valueRange[0];
    }

    /** The largest value that is left. */
    public float most() {
        return (float) valueRange[1];
    }

    /** Of the layer's own stream; null to follow the job's seed alone. */
    public Long seed() {
        return seed;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return single(inputShapes, 3);
    }
}
