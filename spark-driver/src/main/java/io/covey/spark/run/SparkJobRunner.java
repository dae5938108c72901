package io.covey.spark.run;

import io.covey.server.checkpoint.HadoopFileStore;
import io.covey.server.control.ProductVersion;
import io.covey.server.coordinator.Coordinator;
import io.covey.spark.data.ShardLoader;
import io.covey.spark.job.CheckpointInterval;
import io.covey.spark.job.JobConfig;
import io.covey.trainer.Counted;
import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.CallbackIo;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.CsvLogger;
import io.covey.trainer.callbacks.ProgressPrinter;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.model.ModelSummary;
import io.covey.trainer.training.CheckpointOptions;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.FitResult;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingState;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.util.SerializableConfiguration;

/** Runs jobs on Spark: embedded in this process, or on the cluster that spark-submit names. */
public final class SparkJobRunner implements JobRunner {
    private static final String HISTORY = "history.csv";

    @Override
    public void check(JobConfig job) {
        FileStore files = new HadoopFileStore();
        DataFiles.Inspected data = inspect(job, files);
        InitialWeights.check(job, files);
        checkData(job, data, files);
        for (JobConfig.NamedTest test : job.data().moreTests()) {
            JobConfig tested = job.withTest(test);
            checkData(tested, DataFiles.inspect(tested, files), files);
        }
    }

    /** Reads all rows, as the workers would. */
    private static void checkData(JobConfig job, DataFiles.Inspected data, FileStore files) {
        DataFiles.requireWhole(job, files);
        ShardLoader loader =
                new ShardLoader(data.spec(), data.data(), new SerializableConfiguration(new Configuration()));
        for (int shard = 0; shard < data.spec().virtualShards(); shard++) {
            loader.call(shard);
        }
    }

    /** Looks at the data files' headers, and at what needs them. */
    private static DataFiles.Inspected inspect(JobConfig job, FileStore files) {
        DataFiles.Inspected data = DataFiles.inspect(job, files);
        checkCallbacks(job, data.spec());
        job.data().moreTests().forEach(test -> DataFiles.inspect(job.withTest(test), files));
        return data;
    }

    @Override
    public RunResult train(JobConfig job, RunOptions options) {
        FileStore files = new HadoopFileStore();
        DataFiles.Inspected data = inspect(job, files);
        String wanted = options.runDirectory() == null ? job.checkpoint().dir() : options.runDirectory();
        try (RunLock lock = RunLock.ofFree(files, RunDirectory.stripSlash(wanted))) {
            RunDirectory run = RunDirectory.create(files, lock.folder(), job);
            Optional<Backup> backup = Backup.of(job, files);
            String prefix = backup.map(Backup::prefix)
                    .or(() -> InitialWeights.write(job, data.spec(), run))
                    .orElse(null);
            RunResult result =
                    fit(job, data, run, prefix, backup.map(Backup::state).orElse(null), options);
            return withMoreTests(job, run, result, options);
        }
    }

    @Override
    public RunResult resume(String runDirectory, List<String> overrides, RunOptions options) {
        FileStore files = new HadoopFileStore();
        try (RunLock lock = RunLock.of(RunDirectory.open(files, runDirectory))) {
            return resume(new RunDirectory(files, lock.folder()), overrides, options);
        }
    }

    private static RunResult resume(RunDirectory run, List<String> overrides, RunOptions options) {
        JobConfig job = run.job(overrides);
        CheckpointDirectory checkpoints = run.checkpoints(job);
        String prefix = newest(checkpoints, run);
        TrainingState state = checkpoints.readState(prefix);
        run.requireSameBits(job, state);
        if (state.epoch() >= job.fit().epochs()) {
            throw CoveyException.caller(prefix + " has done all " + job.fit().epochs()
                    + " epochs: --set fit.epochs=N trains on, covey evaluate measures it");
        }
        DataFiles.Inspected data = DataFiles.inspect(job, run.files());
        checkCallbacks(job, data.spec());
        run.write(job);
        return withMoreTests(job, run, fit(job, data, run, prefix, state, options), options);
    }

    @Override
    public Evaluated evaluate(String runDirectory, DataSplit split, RunOptions options) {
        FileStore files = new HadoopFileStore();
        RunDirectory run = RunDirectory.open(files, runDirectory);
        JobConfig job = run.job(List.of());
        CheckpointDirectory checkpoints = run.checkpoints(job);
        return evaluate(job, newest(checkpoints, run), files, split, options);
    }

    private static Evaluated evaluate(
            JobConfig job, String prefix, FileStore files, DataSplit split, RunOptions options) {
        DataFiles.Inspected data = DataFiles.inspect(job, files);
        SparkContext spark = SparkContexts.start(job.name(), job.cluster(), options.master());
        try (SparkCluster cluster = start(spark, job, data, files, prefix)) {
            SortedMap<String, Double> metrics = evaluate(cluster, job, data.spec(), split);
            return new Evaluated(prefix, metrics, cluster.coordinator().weightsSha256());
        } finally {
            spark.stop();
        }
    }

    /** As Keras' {@code evaluate} after {@code fit}: what the callbacks have recorded of training stays as it is. */
    private static SortedMap<String, Double> evaluate(
            SparkCluster cluster, JobConfig job, TrainingSpec spec, DataSplit split) {
        FitOptions options = FitOptions.of(job.fit().epochs(), null);
        return new TrainingLoop(cluster.coordinator(), spec, options, List.of()).evaluate(split);
    }

    private static SparkCluster start(
            SparkContext spark, JobConfig job, DataFiles.Inspected data, FileStore files, String prefix) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        ShardLoader loader = new ShardLoader(data.spec(), data.data(), hadoop);
        return SparkCluster.start(spark, job.name(), job.cluster(), data.spec(), loader, files, prefix);
    }

    private static RunResult withMoreTests(JobConfig job, RunDirectory run, RunResult result, RunOptions options) {
        if (result.interrupted()) {
            return result;
        }
        Map<String, SortedMap<String, Double>> metrics = new LinkedHashMap<>();
        for (JobConfig.NamedTest test : job.data().moreTests()) {
            Evaluated evaluated =
                    evaluate(job.withTest(test), result.checkpointPrefix(), run.files(), DataSplit.TEST, options);
            metrics.put(test.name(), evaluated.metrics());
        }
        return result.withMoreTests(metrics);
    }

    private static RunResult fit(
            JobConfig job,
            DataFiles.Inspected data,
            RunDirectory run,
            String prefix,
            TrainingState resumed,
            RunOptions options) {
        TrainingSpec spec = data.spec();
        run.logHere();
        if (!options.quiet()) {
            describe(job, spec, options.out());
        }
        SparkContext spark = SparkContexts.start(job.name(), job.cluster(), options.master());
        try (SparkCluster cluster = start(spark, job, data, run.files(), prefix);
                ProgressPrinter progress = options.progress()) {
            CheckpointDirectory checkpoints = run.checkpoints(job);
            checkpoints.sweep();
            TrainingLoop loop = new TrainingLoop(
                    cluster.coordinator(),
                    spec,
                    fitOptions(job, checkpointOptions(job, checkpoints)),
                    callbacks(job, run, progress));
            Interruption.handle(loop::requestStop);
            long startNs = System.nanoTime();
            FitResult fit = loop.fit(resumed);
            long trainNs = System.nanoTime() - startNs;
            SortedMap<String, Double> test =
                    fit.interrupted() || spec.test() == null ? null : evaluate(cluster, job, spec, DataSplit.TEST);
            return new RunResult(
                    run.path(),
                    fit.interrupted(),
                    fit.checkpointPrefix(),
                    run.file(HISTORY),
                    run.logFile(),
                    fit.history().epochs().size(),
                    test,
                    Map.of(),
                    cluster.coordinator().weightsSha256(),
                    trainNs);
        } finally {
            spark.stop();
        }
    }

    private static void describe(JobConfig job, TrainingSpec spec, PrintStream out) {
        out.print(ModelSummary.keras2(spec.model()));
        out.printf(
                Locale.ROOT,
                "%,d training, %,d validation, %,d test samples; %s, %s, %s%s; mode %s%n",
                rows(spec, DataSplit.TRAIN),
                rows(spec, DataSplit.VALIDATION),
                rows(spec, DataSplit.TEST),
                Counted.of(job.cluster().workers(), "worker"),
                Counted.of(job.cluster().virtualShards(), "virtual shard"),
                Counted.of(job.cluster().servers().shards(), "server shard"),
                job.cluster().servers().dedicated() ? " in tasks of their own" : "",
                job.cluster().mode());
    }

    private static List<Callback> callbacks(JobConfig job, RunDirectory run, ProgressPrinter progress) {
        List<Callback> callbacks = new ArrayList<>();
        callbacks.add(new CsvLogger(run.files(), run.file(HISTORY), ',', false));
        callbacks.addAll(ofJob(job, run.files()));
        if (progress != null) {
            callbacks.add(progress);
        }
        return callbacks;
    }

    private static List<Callback> ofJob(JobConfig job, FileStore files) {
        CallbackIo io = new CallbackIo(files, System.out, System::nanoTime);
        return job.fit().callbacks().stream()
                .map(callback -> Callbacks.of(callback.name(), callback.arguments(), io))
                .toList();
    }

    private static void checkCallbacks(JobConfig job, TrainingSpec spec) {
        TrainingLoop.check(spec, fitOptions(job, null), ofJob(job, new LocalFileStore()));
    }

    private static CheckpointOptions checkpointOptions(JobConfig job, CheckpointDirectory checkpoints) {
        CheckpointInterval every = job.checkpoint().every();
        return new CheckpointOptions(
                checkpoints,
                every.count(),
                every.unit() == CheckpointInterval.Unit.EPOCH
                        ? CheckpointOptions.Unit.EPOCHS
                        : CheckpointOptions.Unit.STEPS,
                job.cluster().timeouts().checkpoint().toNanos(),
                job.configurationHash(),
                ProductVersion.versions());
    }

    /** @param checkpoints null for none */
    private static FitOptions fitOptions(JobConfig job, CheckpointOptions checkpoints) {
        return FitOptions.of(job.fit().epochs(), checkpoints)
                .initialEpoch(job.fit().initialEpoch())
                .stepsPerEpoch(job.fit().stepsPerEpoch())
                .semantics(job.fit().semantics())
                .validationFreq(job.fit().validationFreq())
                .validationSteps(job.fit().validationSteps())
                .moreLogs(Coordinator.logNames(job.cluster().mode()));
    }

    private static String newest(CheckpointDirectory checkpoints, RunDirectory run) {
        List<String> passedOver = new ArrayList<>();
        String prefix = checkpoints
                .newestValid(passedOver::add)
                .orElseThrow(() ->
                        CoveyException.caller("the run folder " + run.path() + " holds no checkpoint yet: covey train "
                                + run.file("job.yaml") + " trains it from the start"));
        passedOver.forEach(reason -> System.err.println("covey: " + reason + "; an older one is taken: " + prefix));
        return prefix;
    }

    private static long rows(TrainingSpec spec, DataSplit split) {
        return spec.plan(split) == null ? 0 : spec.plan(split).rows();
    }
}
