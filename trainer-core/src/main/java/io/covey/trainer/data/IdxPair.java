package io.covey.trainer.data;

import io.covey.trainer.CoveyException;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** A data set in a pair of IDX files: samples, and a class of one byte for each. Not thread-safe. */
public final class IdxPair implements Closeable {
    private final String imagesName;
    private final IdxFile images;
    private final IdxFile labels;

    /**
     * A pair of files of which nothing but the headers has been read; it closes them.
     *
     * @param imagesName for messages, as {@code labelsName}
     * @throws CoveyException a caller's error when the files do not belong together
     */
    public IdxPair(String imagesName, IdxFile images, String labelsName, IdxFile labels) {
        this.imagesName = imagesName;
        this.images = images;
        this.labels = labels;
        if (labels.rowSize() != 1) {
            throw CoveyException.caller(
                    labelsName + " holds rows of shape " + labels.rowShape() + ", labels are one byte each");
        }
        if (images.rows() != labels.rows()) {
            throw CoveyException.caller(imagesName + " holds " + images.rows() + " rows and " + labelsName + " "
                    + labels.rows() + ": they must be of the same data set");
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
            throw CoveyException.caller(
                    imagesName + " holds " + images.rows() + " rows, skip is " + skip + ": nothing is left");
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
        int features = images.rowSize();
        if ((long) rows * features > Integer.MAX_VALUE) {
            throw CoveyException.caller(
                    imagesName + ": " + rows + " rows of " + features + " bytes exceed 2 GiB: split the file");
        }
        byte[] data = new byte[rows * features];
        int[] classes = new int[rows];
        byte[] skipped = new byte[features];
        byte[] label = new byte[1];
        for (long i = -skip; i < rows; i++) {
            labels.readRow(label, 0);
            if (i < 0) {
                images.readRow(skipped, 0);
            } else {
                images.readRow(data, (int) i * features);
                classes[(int) i] = label[0] & 0xff;
            }
        }
        return new SampleBlock(features, data, classes);
    }

    @Override
    public void close() throws IOException {
        try (images) {
            labels.close();
        }
    }
}
