package io.covey.trainer.data;

import java.io.Serializable;

/**
 * The rows of one virtual shard, packed: features of row i at [i * features, (i + 1) * features), its label at i. Bytes stay
 * bytes until a batch needs them as floats. The arrays are shared, not copied: nobody writes to them.
 */
public final class SampleBlock implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int features;
    private final byte[] data;
    private final int[] labels;

    /**
     * A block on these arrays.
     *
     * @param features numbers per row
     * @param data unsigned bytes, row after row, in the order of {@link DataPlan.Dealer#slot}
     * @param labels class of each row
     * @throws IllegalArgumentException when the arrays' lengths do not agree
     */
    public SampleBlock(int features, byte[] data, int[] labels) {
        if ((long) labels.length * features != data.length) {
            throw new IllegalArgumentException(labels.length + " labels and " + data.length
                    + " bytes of features do not agree with " + features + " features per row");
        }
        this.features = features;
        this.data = data;
        this.labels = labels;
    }

    /** Numbers per row. */
    public int features() {
        return features;
    }

    public int rows() {
        return labels.length;
    }

    /** The features of all rows, as unsigned bytes. */
    public byte[] data() {
        return data;
    }

    /** The class of each row. */
    public int[] labels() {
        return labels;
    }
}
