package io.covey.trainer.tensorboard;

/**
 * {@code numpy.histogram} of float32 data with bins of equal width, as {@code matplotlib.pyplot.hist} shows it. Edges are
 * float32, as NumPy's are for such data.
 */
public final class NumpyHistogram {
    private final long[] counts;
    private final float[] edges;

    private NumpyHistogram(long[] counts, float[] edges) {
        this.counts = counts;
        this.edges = edges;
    }

    /** Values in each bin [edge, next edge), the last one closed. */
    public long[] counts() {
        return counts.clone();
    }

    /** One more than there are bins. */
    public float[] edges() {
        return edges.clone();
    }

    /**
     * The histogram between the smallest and the largest value; if they are equal, from 0.5 below to 0.5 above; without
     * values, from 0 to 1. Values that are not finite are left out.
     */
    public static NumpyHistogram of(float[] values, int bins) {
        float[] data = LinearHistogram.finite(values);
        float first = data.length == 0 ? 0 : Float.POSITIVE_INFINITY;
        float last = data.length == 0 ? 1 : Float.NEGATIVE_INFINITY;
        for (float value : data) {
            first = Math.min(first, value);
            last = Math.max(last, value);
        }
        if (first == last) {
            first -= 0.5f;
            last += 0.5f;
        }
        float[] edges = new float[bins + 1];
        float step = (last - first) / bins;
        for (int i = 0; i < bins; i++) {
            edges[i] = i * step + first;
        }
        edges[bins] = last;
        long[] counts = new long[bins];
        for (float value : data) {
            counts[bin(value, edges)]++;
        }
        return new NumpyHistogram(counts, edges);
    }

    private static int bin(float value, float[] edges) {
        int bins = edges.length - 1;
        float guess = (value - edges[0]) / (edges[bins] - edges[0]) * bins;
        int bin = Math.min((int) guess, bins - 1);
        while (value < edges[bin]) {
            bin--;
        }
        while (bin < bins - 1 && value >= edges[bin + 1]) {
            bin++;
        }
        return bin;
    }
}
