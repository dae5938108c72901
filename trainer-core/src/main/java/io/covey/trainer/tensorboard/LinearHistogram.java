package io.covey.trainer.tensorboard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** TensorBoard's histograms: buckets of equal width between the smallest and the largest value, in double precision. */
public final class LinearHistogram {
    /** A bucket [left, right), the last one closed. */
    public record Bucket(double left, double right, double count) {}

    private LinearHistogram() {}

    /**
     * The histogram as {@code tf.summary.histogram} computes it: without values all buckets are zero, with a single distinct
     * value all have that value as both edges and the last has the count. Values that are not finite are left out.
     */
    public static List<Bucket> of(float[] values, int buckets) {
        float[] data = finite(values);
        if (data.length == 0) {
            return Collections.nCopies(buckets, new Bucket(0, 0, 0));
        }
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (float value : data) {
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        long[] counts = new long[buckets];
        if (min == max) {
            counts[buckets - 1] = data.length;
        } else {
            double width = (max - min) / buckets;
            for (float value : data) {
                counts[Math.min((int) Math.floor((value - min) / width), buckets - 1)]++;
            }
        }
        double step = (max - min) / buckets;
        List<Bucket> histogram = new ArrayList<>(buckets);
        for (int i = 0; i < buckets; i++) {
            double left = min + step * i;
            double right = i == buckets - 1 ? max : min + step * (i + 1);
            histogram.add(new Bucket(left, right, counts[i]));
        }
        return List.copyOf(histogram);
    }

    static float[] finite(float[] values) {
        float[] finite = new float[values.length];
        int count = 0;
        for (float value : values) {
            if (Float.isFinite(value)) {
                finite[count++] = value;
            }
        }
        return Arrays.copyOf(finite, count);
    }
}
