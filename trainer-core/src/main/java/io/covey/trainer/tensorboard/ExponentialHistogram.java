package io.covey.trainer.tensorboard;

import io.covey.trainer.checkpoint.WireWriter;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * TensorFlow's own histogram ({@code tensorflow/core/lib/histogram/histogram.cc}): bucket limits grow by a tenth from 1e-12 to
 * 1e20 on either side of zero. Values that are not finite are left out.
 */
final class ExponentialHistogram {
    private static final double[] LIMITS = limits();

    private final double[] buckets = new double[LIMITS.length];
    private double min = Double.MAX_VALUE;
    private double max = -Double.MAX_VALUE;
    private double count;
    private double sum;
    private double sumOfSquares;

    private ExponentialHistogram() {}

    private static double[] limits() {
        double[] positive = DoubleStream.concat(
                        DoubleStream.iterate(1e-12, limit -> limit < 1e20, limit -> limit * 1.1),
                        DoubleStream.of(Double.MAX_VALUE))
                .toArray();
        double[] limits = new double[2 * positive.length + 1];
        for (int i = 0; i < positive.length; i++) {
            limits[positive.length + 1 + i] = positive[i];
            limits[positive.length - 1 - i] = -positive[i];
        }
        return limits;
    }

    static ExponentialHistogram of(float[] values) {
        ExponentialHistogram histogram = new ExponentialHistogram();
        for (float value : LinearHistogram.finite(values)) {
            histogram.add(value);
        }
        return histogram;
    }

    private void add(double value) {
        int found = Arrays.binarySearch(LIMITS, value);
        // The first limit above the value; -0.0 sorts before 0.0, but is not below it.
        int bucket = value == 0 ? LIMITS.length / 2 + 1 : found >= 0 ? found + 1 : -found - 1;
        buckets[bucket]++;
        min = Math.min(min, value);
        max = Math.max(max, value);
        count++;
        sum += value;
        sumOfSquares += value * value;
    }

    /** A {@code HistogramProto}, in which runs of empty buckets are one bucket. */
    WireWriter encode() {
        WireWriter limits = new WireWriter();
        WireWriter counts = new WireWriter();
        for (int i = 0; i < buckets.length; i++) {
            while (buckets[i] == 0 && i + 1 < buckets.length && buckets[i + 1] == 0) {
                i++;
            }
            limits.fixed64(Double.doubleToRawLongBits(LIMITS[i]));
            counts.fixed64(Double.doubleToRawLongBits(buckets[i]));
        }
        return new WireWriter()
                .fixed64Field(1, Double.doubleToRawLongBits(min))
                .fixed64Field(2, Double.doubleToRawLongBits(max))
                .fixed64Field(3, Double.doubleToRawLongBits(count))
                .fixed64Field(4, Double.doubleToRawLongBits(sum))
                .fixed64Field(5, Double.doubleToRawLongBits(sumOfSquares))
                .messageField(6, limits)
                .messageField(7, counts);
    }
}
