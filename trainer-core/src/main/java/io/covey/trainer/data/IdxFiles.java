package io.covey.trainer.data;

import io.covey.trainer.Counted;
import io.covey.trainer.CoveyException;
import java.nio.ByteBuffer;
import java.util.List;

/** A data set in IDX files: samples, a class of one byte for each and, if wanted, a weight for each. Not thread-safe. */
public final class IdxFiles {
    private final IdxFile images;
    private final IdxFile labels;
    private final IdxFile sampleWeights;

    /**
     * Files of which nothing but the headers has been read; the caller closes them.
     *
     * @param sampleWeights numbers of any type, or null for weights of 1
     * @throws CoveyException a caller's error when the files do not belong together
     */
    public IdxFiles(IdxFile images, IdxFile labels, IdxFile sampleWeights) {
        this.images = images;
        this.labels = labels;
        this.sampleWeights = sampleWeights;
        requireBytes(images);
        requireBytes(labels);
        requireColumn(labels, "labels are one byte each");
        if (sampleWeights != null) {
            requireColumn(sampleWeights, "sample weights are one number each");
        }
    }

    private static void requireBytes(IdxFile file) {
        if (file.type() != IdxType.UNSIGNED_BYTE) {
            throw CoveyException.caller(
                    file.name() + " holds numbers of type " + file.type() + ", samples and labels are unsigned bytes");
        }
    }

    private void requireColumn(IdxFile file, String rule) {
        if (!file.rowShape().isEmpty() && file.rowBytes() != file.type().bytes()) {
            throw CoveyException.caller(file.name() + " holds rows of shape " + file.rowShape() + ", " + rule);
        }
        if (file.rows() != images.rows()) {
            throw CoveyException.caller(images.name() + " holds " + Counted.of(images.rows(), "row") + " and "
                    + file.name() + " " + Counted.of(file.rows(), "row") + ": they must be of the same data set");
        }
    }

    /** Shape of one sample. */
    public List<Integer> shape() {
        return images.rowShape();
    }

    /**
     * Number of rows that {@link #read} gives.
     *
     * @param skip rows left out at the start
     * @param limit rows taken after those, or null for all
     * @throws CoveyException a caller's error when nothing is left
     */
    public int rows(long skip, Long limit) {
        long left = images.rows() - skip;
        if (left < 1) {
            throw CoveyException.caller(images.name() + " holds " + Counted.of(images.rows(), "row") + ", skip is "
                    + skip + ": nothing is left");
        }
        return (int) (limit == null ? left : Math.min(left, limit));
    }

    /**
     * The rows in the files' order; to be called once.
     *
     * @throws CoveyException a caller's error when a file is malformed or the rows exceed 2 GiB, a failure when it cannot be
     *     read
     */
    public SampleBlock read(long skip, Long limit) {
        int rows = rows(skip, limit);
        int features = images.rowBytes();
        if ((long) rows * features > Integer.MAX_VALUE) {
            throw CoveyException.caller(
                    images.name() + ": " + rows + " rows of " + features + " bytes exceed 2 GiB: split the file");
        }
        byte[] data = new byte[rows * features];
        byte[] skipped = new byte[features];
        for (long i = -skip; i < rows; i++) {
            images.readRow(i < 0 ? skipped : data, i < 0 ? 0 : (int) i * features);
        }
        Column classes = new Column.Ints(1, classes(skip, rows));
        float[] weights = sampleWeights == null ? null : weights(skip, rows);
        return new SampleBlock(rows, List.of(new Column.Bytes(features, data)), List.of(classes), weights);
    }

    /**
     * Reads the files to their ends.
     *
     * @throws CoveyException a caller's error that names the file which is truncated or damaged, or has more than its header says
     */
    public void requireWhole() {
        images.requireWhole();
        labels.requireWhole();
        if (sampleWeights != null) {
            sampleWeights.requireWhole();
        }
    }

    private int[] classes(long skip, int rows) {
        int[] classes = new int[rows];
        byte[] label = new byte[1];
        for (long i = -skip; i < rows; i++) {
            labels.readRow(label, 0);
            if (i >= 0) {
                classes[(int) i] = label[0] & 0xff;
            }
        }
        return classes;
    }

    private float[] weights(long skip, int rows) {
        float[] weights = new float[rows];
        ByteBuffer number = ByteBuffer.allocate(sampleWeights.rowBytes());
        for (long i = -skip; i < rows; i++) {
            sampleWeights.readRow(number.array(), 0);
            if (i >= 0) {
                weights[(int) i] = sampleWeights.type().get(number, 0);
            }
        }
        return weights;
    }
}
