package io.covey.trainer.layers.preprocessing;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.regularization.Seeds;
import io.covey.trainer.random.CounterRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * An augmentation in training that gives each image (height, width, channels) a random affine transform: output place (x, y)
 * shows what the input has at (m0 x + m1 y + m2, m3 x + m4 y + m5).
 */
public abstract class ImageTransform extends Layer {
    private static final long serialVersionUID = 1L;

    /** What is seen beyond the image's border. */
    public enum FillMode {
        CONSTANT,
        NEAREST,
        REFLECT,
        WRAP
    }

    private final FillMode fillMode;
    private final float fillValue;
    private final boolean bilinear;
    private final Long seed;

    ImageTransform(Arguments arguments) {
        super(arguments);
        fillMode = FillMode.valueOf(arguments
                .choice("fill_mode", "reflect", "constant", "nearest", "reflect", "wrap")
                .toUpperCase(Locale.ROOT));
        fillValue = (float) arguments.real("fill_value", 0);
        bilinear = arguments
                .choice("interpolation", "bilinear", "bilinear", "nearest")
                .equals("bilinear");
        seed = readCommon(arguments);
    }

    /** For a transform that takes every place to a place: nothing is filled and nothing interpolated. */
    ImageTransform(Arguments arguments, FillMode unused) {
        super(arguments);
        fillMode = unused;
        fillValue = 0;
        bilinear = true;
        seed = readCommon(arguments);
    }

    private static Long readCommon(Arguments arguments) {
        arguments.choice("data_format", "channels_last", "channels_last");
        arguments.ignore("value_range", "bounding_box_format");
        return Seeds.read(arguments);
    }

    /**
     * The transform of one image.
     *
     * @param key of the run's random numbers
     * @param row number of the image
     * @param matrix receives m0 to m5
     */
    public abstract void matrix(long key, int row, int height, int width, double[] matrix);

    public final FillMode fillMode() {
        return fillMode;
    }

    /** Beyond the border, in the constant mode. */
    public final float fillValue() {
        return fillValue;
    }

    /** Whether values are interpolated; if not, the nearest one is taken. */
    public final boolean isBilinear() {
        return bilinear;
    }

    /** Of the layer's own stream; null to follow the job's seed alone. */
    public final Long seed() {
        return seed;
    }

    @Override
    public final List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return single(inputShapes, 3);
    }

    /** A number uniform in [from, to): the row's draw {@code draw}, of two. */
    static double uniform(long key, int row, int draw, double[] range) {
        return range[0] + (range[1] - range[0]) * CounterRandom.uniform(key, 2L * row + draw);
    }

    /** Reads a factor: a number f for [-f, f], or a list of both bounds. */
    static double[] range(Arguments arguments, String name, double least, double most) {
        Object written = arguments.raw(name, null);
        double[] range = AffineLayer.numbers(arguments, name, written);
        if (range.length > 2 || !Arrays.stream(range).allMatch(each -> each >= least && each <= most)) {
            throw arguments.error(
                    name, "is " + written + ", expected a number or two numbers between " + least + " and " + most);
        }
        if (range.length == 1) {
            return new double[] {Math.max(-Math.abs(range[0]), least), Math.abs(range[0])};
        }
        return new double[] {Math.min(range[0], range[1]), Math.max(range[0], range[1])};
    }

    /** Sets {@code matrix} to one that leaves the image's centre where it is. */
    static void aroundCentre(double m0, double m1, double m3, double m4, int height, int width, double[] matrix) {
        double x = (width - 1) / 2.0;
        double y = (height - 1) / 2.0;
        set(matrix, m0, m1, x - m0 * x - m1 * y, m3, m4, y - m3 * x - m4 * y);
    }

    static void set(double[] matrix, double m0, double m1, double m2, double m3, double m4, double m5) {
        matrix[0] = m0;
        matrix[1] = m1;
        matrix[2] = m2;
        matrix[3] = m3;
        matrix[4] = m4;
        matrix[5] = m5;
    }
}
