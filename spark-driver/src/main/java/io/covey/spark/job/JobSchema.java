package io.covey.spark.job;

import io.covey.spark.job.JobConfig.Checkpoint;
import io.covey.spark.job.JobConfig.Cluster;
import io.covey.spark.job.JobConfig.Data;
import io.covey.spark.job.JobConfig.Fit;
import java.util.List;

/**
 * The keys of a job file, described once: this drives reading, messages, {@code --set}, writing, the configuration hash and
 * the reference in the README.
 */
final class JobSchema {
    private static final Key<Checkpoint, String> DIR = Key.derived(
                    "dir", new PathType(), Checkpoint::dir, "`runs/NAME`", "run folder: checkpoints, history, log")
            .changeable();
    private static final Key<Checkpoint, CheckpointInterval> EVERY = Key.optional(
                    "every",
                    ScalarTypes.INTERVAL,
                    Checkpoint::every,
                    new CheckpointInterval(1, CheckpointInterval.Unit.EPOCH),
                    "how often; one more is written at the end")
            .changeable();
    private static final Key<Checkpoint, Integer> KEEP = Key.optional(
                    "keep", ScalarTypes.integer(1), Checkpoint::keep, 3, "how many of the newest stay")
            .changeable();
    private static final Section<Checkpoint> CHECKPOINT_SECTION =
            new Section<>(v -> new Checkpoint(v.get(DIR), v.get(EVERY), v.get(KEEP)), List.of(DIR, EVERY, KEEP));

    static final Key<JobConfig, String> NAME = Key.derived(
                    "name", ScalarTypes.NAME, JobConfig::name, "the file's name", "name of the job")
            .changeable();
    static final Key<JobConfig, ModelConfig> MODEL =
            Key.section("model", ModelSchema.MODEL, JobConfig::model, "what is trained");
    static final Key<JobConfig, Data> DATA =
            Key.section("data", DataSchema.DATA, JobConfig::data, "what it is trained on");
    static final Key<JobConfig, CompileConfig> COMPILE =
            Key.section("compile", TrainingSchema.COMPILE, JobConfig::compile, "Keras' compile");
    static final Key<JobConfig, Fit> FIT = Key.section("fit", TrainingSchema.FIT, JobConfig::fit, "Keras' fit");
    static final Key<JobConfig, Cluster> CLUSTER =
            Key.section("cluster", ClusterSchema.CLUSTER, JobConfig::cluster, "where it is trained");
    static final Key<JobConfig, Checkpoint> CHECKPOINT = Key.section(
                    "checkpoint", CHECKPOINT_SECTION, JobConfig::checkpoint, "what is kept")
            .changeable();

    /** Read by {@link JobFile#variants} alone: a job is one of its variants and has none. */
    static final Key<JobConfig, List<Variant>> VARIANTS = Key.derived(
                    "variants",
                    new ListType<>(Variant.SECTION, 1, "[{name: small, set: {fit.epochs: 2}}]"),
                    (JobConfig job) -> null,
                    "none",
                    "jobs that `train` runs one after another in place of this one: a `name`, and `set`, values by key paths as"
                            + " for `--set`")
            .changeable();

    static final Section<JobConfig> JOB =
            new Section<>(JobSchema::job, List.of(NAME, MODEL, DATA, COMPILE, FIT, CLUSTER, CHECKPOINT, VARIANTS));

    private JobSchema() {}

    private static JobConfig job(Values v) {
        String name = v.get(NAME, v.reading().defaultName());
        Checkpoint given = v.get(CHECKPOINT);
        String dir = given.dir() == null ? PathType.resolve(v.reading().folder(), "runs/" + name) : given.dir();
        return new JobConfig(
                name,
                v.get(MODEL),
                v.get(DATA),
                v.get(COMPILE),
                v.get(FIT),
                v.get(CLUSTER),
                new Checkpoint(dir, given.every(), given.keep()));
    }
}
