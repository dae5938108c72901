package io.covey.spark.data;

import io.covey.spark.job.JobConfig;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.FileStoreInputStream;
import io.covey.trainer.data.IdxFile;
import io.covey.trainer.data.SampleBlock;
import java.io.IOException;
import java.util.List;

/**
 * A data set in a pair of IDX files.
 *
 * @param source its files, and which of their rows
 */
public record IdxSource(JobConfig.Source source) {
    /**
     * Number of rows, from the files' headers.
     *
     * @throws CoveyException a caller's error when a file is missing or malformed, or does not fit the model or the other file
     */
    public long rows(FileStore files, List<Integer> inputShape) {
        try (IdxFile images = open(files, source.images());
                IdxFile labels = open(files, source.labels())) {
            check(images, labels);
            if (!images.rowShape().equals(inputShape)) {
                throw CoveyException.caller(source.images() + " holds samples of shape " + images.rowShape()
                        + ", the model's input_shape is " + inputShape);
            }
            return rows(images);
        } catch (IOException e) {
            throw CoveyException.failure("cannot close " + source.images() + ": " + e.getMessage(), e);
        }
    }

    /** All rows, in the files' order. */
    SampleBlock read(FileStore files) {
        try (IdxFile images = open(files, source.images());
                IdxFile labels = open(files, source.labels())) {
            check(images, labels);
            int rows = rows(images);
            int features = images.rowSize();
            if ((long) rows * features > Integer.MAX_VALUE) {
                throw CoveyException.caller(
                        source.images() + ": " + rows + " rows of " + features + " bytes exceed 2 GiB: split the file");
            }
            byte[] data = new byte[rows * features];
            int[] classes = new int[rows];
            byte[] skipped = new byte[features];
            byte[] label = new byte[1];
            for (long i = -source.skip(); i < rows; i++) {
                labels.readRow(label, 0);
                if (i < 0) {
                    images.readRow(skipped, 0);
                } else {
                    images.readRow(data, (int) i * features);
                    classes[(int) i] = label[0] & 0xff;
                }
            }
            return new SampleBlock(features, data, classes);
        } catch (IOException e) {
            throw CoveyException.failure("cannot close " + source.images() + ": " + e.getMessage(), e);
        }
    }

    private int rows(IdxFile images) {
        long left = images.rows() - source.skip();
        if (left < 1) {
            throw CoveyException.caller(source.images() + " holds " + images.rows() + " rows, skip is " + source.skip()
                    + ": nothing is left");
        }
        return (int) (source.limit() == null ? left : Math.min(left, source.limit()));
    }

    private void check(IdxFile images, IdxFile labels) {
        if (labels.rowSize() != 1) {
            throw CoveyException.caller(
                    source.labels() + " holds rows of shape " + labels.rowShape() + ", labels are one byte each");
        }
        if (images.rows() != labels.rows()) {
            throw CoveyException.caller(source.images() + " holds " + images.rows() + " rows and " + source.labels()
                    + " " + labels.rows() + ": they must be of the same data set");
        }
    }

    private static IdxFile open(FileStore files, String path) {
        try {
            if (!files.exists(path)) {
                throw CoveyException.caller("data file " + path + " does not exist");
            }
            return IdxFile.open(path, new FileStoreInputStream(files.open(path)));
        } catch (IOException e) {
            throw CoveyException.caller("data file " + path + " cannot be read: " + e.getMessage(), e);
        }
    }
}
