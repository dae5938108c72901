package io.covey.trainer.layers.reshaping;

import java.util.Arrays;
import java.util.Locale;

/**
 * How an axis of pixels gets another length, as {@code tf.image.resize} without antialiasing does it: pixels have their
 * centres at halves.
 */
public enum Interpolation {
    NEAREST(0.5),
    BILINEAR(1),
    /** Keys' kernel with a = -0.5, whose places TensorFlow rounds to 1/1024 of a pixel. */
    BICUBIC(2),
    LANCZOS3(3),
    LANCZOS5(5);

    private static final double KEYS = -0.5;
    private static final double TABLE_SIZE = 1024;
    private static final double CENTRE = 1e-3;

    private final double radius;

    Interpolation(double radius) {
        this.radius = radius;
    }

    /** Keras' names, in the order of the constants. */
    public static String[] kerasNames() {
        return Arrays.stream(values())
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .toArray(String[]::new);
    }

    /** The one with this Keras name. */
    public static Interpolation of(String kerasName) {
        return valueOf(kerasName.toUpperCase(Locale.ROOT));
    }

    /**
     * Each pixel of the new axis as a weighted sum of the old ones.
     *
     * @param sources for every term of the sums the old pixel of each new one, or -1 beyond the border
     * @param weights of each term for each new pixel; those of one pixel add up to 1
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Taps(int[][] sources, float[][] weights) {}

    /** The sums for an axis of {@code length} pixels that becomes {@code newLength} long. */
    public Taps taps(int length, int newLength) {
        int count = this == NEAREST ? 1 : (int) (2 * radius);
        int[][] sources = new int[count][newLength];
        float[][] weights = new float[count][newLength];
        for (int k = 0; k < newLength; k++) {
            double place = (k + 0.5) * length / newLength - 0.5;
            int first = this == NEAREST ? (int) Math.floor(place + 0.5) : (int) Math.floor(place) - count / 2 + 1;
            double[] kernel = new double[count];
            double sum = 0;
            for (int tap = 0; tap < count; tap++) {
                int source = first + tap;
                if (this == BILINEAR) {
                    source = Math.min(Math.max(source, 0), length - 1);
                }
                boolean exists = source >= 0 && source < length;
                sources[tap][k] = exists ? source : IndexLayer.ZERO;
                kernel[tap] = exists ? kernel(first + tap - place) : 0;
                sum += kernel[tap];
            }
            for (int tap = 0; tap < count; tap++) {
                weights[tap][k] = (float) (kernel[tap] / sum);
            }
        }
        return new Taps(sources, weights);
    }

    /** The weight of a pixel at a distance. */
    private double kernel(double distance) {
        double x = Math.abs(distance);
        return switch (this) {
            case NEAREST -> 1;
            case BILINEAR -> Math.max(0, 1 - x);
            case BICUBIC -> keys(Math.rint(x * TABLE_SIZE) / TABLE_SIZE);
            case LANCZOS3, LANCZOS5 -> x > radius ? 0 : lanczos(x);
        };
    }

    private static double keys(double x) {
        if (x <= 1) {
            return ((KEYS + 2) * x - (KEYS + 3)) * x * x + 1;
        }
        return x < 2 ? ((KEYS * x - 5 * KEYS) * x + 8 * KEYS) * x - 4 * KEYS : 0;
    }

    private double lanczos(double x) {
        double angle = Math.PI * x;
        return x <= CENTRE ? 1 : radius * Math.sin(angle) * Math.sin(angle / radius) / (angle * angle);
    }
}
