package io.covey.trainer.data;

import java.io.Serializable;

/**
 * The rows of one virtual shard, packed: features of row i at [i * features, (i + 1) * features), its label at i. Bytes stay
 * bytes until a batch needs them as floats; a block of floats holds samples that are no bytes. The arrays are shared, not
 * copied: nobody writes to them.
 */
public final class SampleBlock implements Serializable {
    private static final long serialVersionUID = 2L;

    private final int features;
    private final byte[] data;
    private final float[] floats;
    private final int[] labels;

    /**
     * A block of unsigned bytes.
     *
     * @param features numbers per row
     * @param data unsigned bytes, row after row, in the order of {@link DataPlan.Dealer#slot}
     * @param labels class of each row
     * @throws IllegalArgumentException when the arrays' lengths do not agree
     */
    public SampleBlock(int features, byte[] data, int[] labels) {
        this(features, data, null, data.length, labels);
    }

    /**
     * A block of floats.
     *
     * @param features numbers per row
     * @param floats row after row, in the order of {@link DataPlan.Dealer#slot}
     * @param labels class of each row
     * @throws IllegalArgumentException when the arrays' lengths do not agree
     */
    public SampleBlock(int features, float[] floats, int[] labels) {
        this(features, null, floats, floats.length, labels);
    }

    private SampleBlock(int features, byte[] data, float[] floats, int length, int[] labels) {
        if ((long) labels.length * features != length) {
            throw new IllegalArgumentException(labels.length + " labels and " + length + " numbers do not agree with "
                    + features + " features per row");
        }
        this.features = features;
        this.data = data;
        this.floats = floats;
        this.labels = labels;
    }

    /** Numbers per row. */
    public int features() {
        return features;
    }

    public int rows() {
        return labels.length;
    }

    /** Whether this is a block of floats, not of bytes. */
    public boolean isFloat() {
        return floats != null;
    }

    /** The features of all rows, as unsigned bytes; null in a block of floats. */
    public byte[] data() {
        return data;
    }

    /** The features of all rows, as floats; null in a block of bytes. */
    public float[] floats() {
        return floats;
    }

    /** The class of each row. */
    public int[] labels() {
        return labels;
    }
}
