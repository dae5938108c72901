package io.covey.spark.data;

import io.covey.spark.job.JobConfig;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileProblem;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.FileStoreInputStream;
import io.covey.trainer.data.IdxFile;
import io.covey.trainer.data.IdxFiles;
import io.covey.trainer.data.SampleBlock;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * A data set in IDX files.
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
        return with(files, all -> {
            if (!all.shape().equals(inputShape)) {
                throw CoveyException.caller(source.images() + " holds samples of shape " + all.shape()
                        + ", the model's input_shape is " + inputShape);
            }
            return all.rows(source.skip(), source.limit());
        });
    }

    /**
     * Reads the files to their ends, also what {@code skip} and {@code limit} leave out.
     *
     * @throws CoveyException a caller's error that names the file which is truncated or damaged, or has more than its header says
     */
    public void requireWhole(FileStore files) {
        with(files, all -> {
            all.requireWhole();
            return all;
        });
    }

    /** All rows, in the files' order. */
    SampleBlock read(FileStore files) {
        return with(files, all -> all.read(source.skip(), source.limit()));
    }

    private <T> T with(FileStore files, Function<IdxFiles, T> use) {
        try (IdxFile images = open(files, source.images());
                IdxFile labels = open(files, source.labels());
                IdxFile weights = source.sampleWeight() == null ? null : open(files, source.sampleWeight())) {
            return use.apply(new IdxFiles(images, labels, weights));
        } catch (IOException e) {
            throw CoveyException.failure("cannot close " + source.images() + ": " + FileProblem.of(e), e);
        }
    }

    private static IdxFile open(FileStore files, String path) {
        try {
            if (!files.exists(path)) {
                throw CoveyException.caller("data file " + path + " does not exist");
            }
            return IdxFile.open(path, new FileStoreInputStream(files.open(path)));
        } catch (IOException e) {
            throw CoveyException.caller("data file " + path + " cannot be read: " + FileProblem.of(e), e);
        }
    }
}
