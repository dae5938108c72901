package io.covey.spark.job;

import io.covey.server.exchange.ExchangeMode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.Semantics;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.ValidationFreq;
import io.covey.trainer.wire.WireFormat;
import io.covey.trainer.wire.WireFormats;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A checked job, with every default filled in and every path absolute. Immutable. {@link JobFile} reads one; the reference of
 * all keys is in the module's README.
 *
 * @param name of the job
 * @param model what is trained
 * @param data what it is trained on
 * @param compile how it is trained
 * @param fit for how long, in which order
 * @param cluster where
 * @param checkpoint what is kept
 */
public record JobConfig(
        String name,
        ModelConfig model,
        Data data,
        CompileConfig compile,
        Fit fit,
        Cluster cluster,
        Checkpoint checkpoint)
        implements Serializable {
    /** How data files are laid out. */
    public enum DataFormat {
        /** MNIST's pair of files, gzip or not. */
        IDX
    }

    /** How workers keep in step. */
    public enum Mode {
        /** Every step waits for all gradients: the bits do not depend on the number of workers. */
        SYNC,
        /** Each worker trains alone, and weights are averaged now and then. */
        LOCAL_SGD,
        /** No worker waits for others that are less than some steps behind. */
        SSP,
        /** No worker waits for others. */
        ASYNC
    }

    /**
     * One data set.
     *
     * @param images path or URI of the samples
     * @param labels path or URI of their classes
     * @param sampleWeight path or URI of their weights, or null for 1
     * @param skip samples left out at the start
     * @param limit samples taken after those, or null for all
     */
    public record Source(DataFormat format, String images, String labels, String sampleWeight, long skip, Long limit)
            implements Serializable {
        /** Samples without weights. */
        public Source(DataFormat format, String images, String labels, long skip, Long limit) {
            this(format, images, labels, null, skip, limit);
        }

        /** A part of these rows. */
        Source rows(long first, long count) {
            return new Source(format, images, labels, sampleWeight, skip + first, count);
        }
    }

    /**
     * Data that are evaluated at the end besides the test data.
     *
     * @param name for the results
     * @param scale factor on every input value, or null for the job's
     */
    public record NamedTest(String name, Source source, Double scale) implements Serializable {}

    /**
     * The data sets.
     *
     * @param validation or null
     * @param test or null
     * @param scale factor on every input value
     * @param moreTests evaluated at the end besides
     */
    public record Data(Source train, Source validation, Source test, double scale, List<NamedTest> moreTests)
            implements Serializable {
        public Data {
            moreTests = List.copyOf(moreTests);
        }

        /** Data sets without more tests. */
        public Data(Source train, Source validation, Source test, double scale) {
            this(train, validation, test, scale, List.of());
        }

        /** The source of {@code split}, or null if the job has none. */
        public Source source(DataSplit split) {
            return switch (split) {
                case TRAIN -> train;
                case VALIDATION -> validation;
                case TEST -> test;
            };
        }
    }

    /**
     * Keras' fit.
     *
     * @param batchSize global batch size
     * @param seed of all random numbers
     * @param initialEpoch number of the first epoch
     * @param stepsPerEpoch batches in an epoch, 0 for a pass over the data
     * @param semantics which Keras fit is like
     * @param validationSplit share of the training data, the last ones, that is validated on instead
     * @param validationBatchSize samples in a batch of the validation
     * @param validationSteps batches in a validation, 0 for all
     * @param validationFreq epochs that a validation follows
     * @param classWeight factors of the samples' losses by class; 1 for those that are missing
     */
    public record Fit(
            int epochs,
            int batchSize,
            boolean shuffle,
            long seed,
            int initialEpoch,
            int stepsPerEpoch,
            Semantics semantics,
            double validationSplit,
            int validationBatchSize,
            int validationSteps,
            ValidationFreq validationFreq,
            Map<Integer, Float> classWeight,
            List<Named> callbacks)
            implements Serializable {
        public Fit {
            callbacks = List.copyOf(callbacks);
        }
    }

    /**
     * The parameter server.
     *
     * @param shards number of server shards
     * @param dedicated whether each is in a task of its own that does not train
     */
    public record Servers(int shards, boolean dedicated) implements Serializable {
        /** Number of tasks that host server shards and do not train. */
        public int dedicatedTasks() {
            return dedicated ? shards : 0;
        }
    }

    /**
     * Processes and their waits.
     *
     * @param servers the parameter server's shards
     * @param mode how workers keep in step
     * @param master Spark's master URL, or null for what spark-submit or the launcher says
     * @param lanes threads per worker
     * @param minWorkers fewest workers that training goes on with
     * @param maxWorkers most workers that take part
     * @param replicas copies of each server shard in another executor
     * @param aeronDirectory parent of the media drivers' directories, or null for shared memory where there is some
     * @param host that workers listen on, or null for the one that Spark advertises
     * @param port that workers listen on, 0 for any free one
     * @param mtu longest packet to other hosts in bytes, or null for what the network interface says
     * @param encrypt whether all that workers and driver say to each other is encrypted
     * @param wire how gradients and parameters travel
     */
    public record Cluster(
            int workers,
            int virtualShards,
            Servers servers,
            ExchangeMode mode,
            String master,
            int lanes,
            int minWorkers,
            int maxWorkers,
            int replicas,
            Timeouts timeouts,
            String aeronDirectory,
            String host,
            int port,
            Integer mtu,
            boolean encrypt,
            Wire wire)
            implements Serializable {
        /** Most tasks that run at a time: workers, and after them the dedicated servers. */
        public int tasks() {
            return Math.addExact(maxWorkers, servers.dedicatedTasks());
        }
    }

    /**
     * How floats travel, see {@link WireFormat#of}; null for float32, which is not part of the configuration hash.
     *
     * @param gradients from workers to server shards
     * @param parameters back
     */
    public record Wire(Named gradients, Named parameters) implements Serializable {
        public Wire {
            gradients = isPlain(gradients) ? null : gradients;
            parameters = isPlain(parameters) ? null : parameters;
        }

        private static boolean isPlain(Named format) {
            return format != null && toFormat(format).equals(WireFormat.float32());
        }

        private static WireFormat toFormat(Named format) {
            return format == null ? WireFormat.float32() : WireFormat.of(format.name(), format.arguments());
        }

        /** Whether workers keep what they have yet to send of their gradients. */
        boolean keepsResiduals() {
            return toFormat(gradients).hasResidual();
        }

        /** What the engine is told. */
        public WireFormats toFormats() {
            return new WireFormats(toFormat(gradients), toFormat(parameters));
        }
    }

    /**
     * Deadlines.
     *
     * @param start from the launch until all workers have registered
     * @param connect from the first topology until all workers have reached each other
     * @param step from a step's push until its parameters are back
     * @param heartbeat silence after which a worker counts as lost
     * @param checkpoint from a snapshot until its commit
     * @param shutdown from the request to end until all workers have ended
     */
    public record Timeouts(
            Duration start, Duration connect, Duration step, Duration heartbeat, Duration checkpoint, Duration shutdown)
            implements Serializable {}

    /**
     * What is kept of a run.
     *
     * @param dir the run folder: checkpoints, history, log and the job file in effect
     * @param keep number of checkpoints
     */
    public record Checkpoint(String dir, CheckpointInterval every, int keep) implements Serializable {}

    /**
     * What the engine and the servers need to know, once the data sets' sizes are known.
     *
     * @param validationRows ignored when the job has no such data; as {@code testRows}
     * @throws CoveyException a caller's error when a data set is empty
     */
    public TrainingSpec toSpec(long trainRows, long validationRows, long testRows) {
        return new TrainingSpec(
                model.model(),
                compile.toOptions(model.model(), fit.classWeight()),
                compile.toOptimizer(),
                (float) data.scale(),
                plan(DataSplit.TRAIN, trainRows, fit.batchSize()),
                plan(DataSplit.VALIDATION, validationRows, fit.validationBatchSize()),
                plan(DataSplit.TEST, testRows, fit.batchSize()),
                fit.seed(),
                cluster.wire().toFormats());
    }

    /** This job with other test data; it is of use for an evaluation only. */
    public JobConfig withTest(NamedTest test) {
        double scale = test.scale() == null ? data.scale() : test.scale();
        Data other = new Data(data.train(), data.validation(), test.source(), scale);
        return new JobConfig(name, model, other, compile, fit, cluster, checkpoint);
    }

    private DataPlan plan(DataSplit split, long rows, int batchSize) {
        if (data.source(split) == null) {
            return null;
        }
        if (rows < 1) {
            throw CoveyException.caller("data." + split.name().toLowerCase(Locale.ROOT)
                    + " has no rows: look at its files, and at its skip and limit");
        }
        boolean shuffle = split == DataSplit.TRAIN && fit.shuffle();
        return new DataPlan(rows, batchSize, cluster.virtualShards(), shuffle, fit.seed());
    }

    /**
     * This job with the validation data that {@code validation_split} and {@code validation_steps} mean.
     *
     * @param trainRows rows of the training data as the job names them
     * @param validationRows rows of the validation data as the job names them, ignored if there are none
     * @throws CoveyException a caller's error when the split leaves a part without rows
     */
    public JobConfig withValidation(long trainRows, long validationRows) {
        Source train = data.train();
        Source validation = data.validation();
        long rows = validationRows;
        if (fit.validationSplit() > 0) {
            long cut = (long) Math.floor(trainRows * (1 - fit.validationSplit()));
            if (cut == 0 || cut == trainRows) {
                throw CoveyException.caller("fit.validation_split " + fit.validationSplit() + " of " + trainRows
                        + " rows leaves no rows for " + (cut == 0 ? "training" : "the validation"));
            }
            validation = train.rows(cut, trainRows - cut);
            train = train.rows(0, cut);
            rows = trainRows - cut;
        }
        if (validation != null && fit.validationSteps() > 0) {
            validation = validation.rows(0, Math.min(rows, (long) fit.validationSteps() * fit.validationBatchSize()));
        }
        Data cut = new Data(train, validation, data.test(), data.scale());
        return new JobConfig(name, model, cut, compile, fit, cluster, checkpoint);
    }

    /** A job file with every default filled in and every path absolute; it reads back to this job from any folder. */
    public String effectiveYaml() {
        return JobText.yaml(this);
    }

    /**
     * What decides the bits of a run, one {@code key: value} per line. Workers, servers, timeouts, folders, the number of
     * epochs and callbacks do not: a resume may change them.
     */
    public String canonicalText() {
        return JobText.canonical(this);
    }

    /** SHA-256 of {@link #canonicalText}, as lower-case hex. */
    public String configurationHash() {
        return JobText.sha256(canonicalText());
    }
}
