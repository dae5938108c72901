package io.covey.spark.job;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.exchange.ExchangeMode;
import io.covey.spark.job.JobConfig.Cluster;
import io.covey.spark.job.JobConfig.Fit;
import io.covey.trainer.CoveyException;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.optimizer.UpdatePlan;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Settings that are right one by one and impossible together. Sections that have problems of their own are left out. */
final class Combinations {
    private Combinations() {}

    static void check(Values job) {
        ModelConfig config = job.get(JobSchema.MODEL);
        Model model = config == null ? null : config.model();
        CompileConfig compile = job.get(JobSchema.COMPILE);
        Fit fit = job.get(JobSchema.FIT);
        Cluster cluster = job.get(JobSchema.CLUSTER);
        checkNames(job);
        if (cluster != null) {
            checkCluster(job, cluster);
        }
        if (cluster != null && fit != null) {
            checkBatch(job, cluster, "batch_size", fit.batchSize());
            if (fit.validationBatchSize() != fit.batchSize()) {
                checkBatch(job, cluster, "validation_batch_size", fit.validationBatchSize());
            }
        }
        if (fit != null) {
            checkFit(job, fit);
        }
        if (cluster != null && model != null) {
            checkServers(
                    job,
                    cluster,
                    compile == null
                            ? model.layout().maxShards(ParameterLayout.Cuts.ROWS)
                            : new UpdatePlan(model.layout(), compile.toOptimizer()).maxShards());
        }
        if (model != null && compile != null && cluster != null) {
            checkOptimizer(job, model, compile, cluster);
        }
        if (model != null && compile != null) {
            checkLoss(job, model, compile);
        }
    }

    /** Each name is a column or a row of the results, and a variant's is that of its run folder. */
    private static void checkNames(Values job) {
        List<Variant> variants = job.get(JobSchema.VARIANTS);
        if (variants != null) {
            checkNames(job, "variants", variants.stream().map(Variant::name).toList());
        }
        JobConfig.Data data = job.get(JobSchema.DATA);
        if (data != null) {
            List<String> names =
                    data.moreTests().stream().map(JobConfig.NamedTest::name).toList();
            checkNames(job, "data.more_tests", names);
            if (data.test() != null && names.contains("test")) {
                job.problem(
                        "data.more_tests." + names.indexOf("test") + ".name",
                        "is test, which data.test is called in the results: choose another name");
            }
        }
    }

    private static void checkNames(Values job, String path, List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            int first = names.indexOf(names.get(i));
            if (first < i) {
                job.problem(
                        path + "." + i + ".name",
                        "is " + names.get(i) + " as that of " + path + "." + first + ": choose another name");
            }
        }
    }

    private static void checkBatch(Values job, Cluster cluster, String key, int batchSize) {
        if (cluster.virtualShards() > batchSize) {
            job.problem(
                    "cluster.virtual_shards",
                    "is " + cluster.virtualShards() + ", it can be at most fit." + key + " = " + batchSize
                            + ": each virtual shard needs a sample of each batch");
        }
    }

    private static void checkFit(Values job, Fit fit) {
        if (fit.initialEpoch() >= fit.epochs()) {
            job.problem(
                    "fit.initial_epoch",
                    "is " + fit.initialEpoch() + ", it must be below fit.epochs = " + fit.epochs()
                            + ", the number after the last epoch");
        }
        JobConfig.Data data = job.get(JobSchema.DATA);
        if (fit.validationSplit() > 0 && data != null && data.validation() != null) {
            job.problem(
                    "fit.validation_split",
                    "is " + fit.validationSplit() + ", but there is data.validation: leave one of them out");
        }
    }

    private static void checkServers(Values job, Cluster cluster, long most) {
        int shards = cluster.servers().shards();
        if (shards > most && shards <= ExchangeConfig.MAX_SHARDS) {
            job.problem(
                    "cluster.servers",
                    "is " + shards + ", this model with its optimizer can be cut into 1 to " + most + " server shards");
        }
    }

    /** What needs no other section. */
    static void checkCluster(Values job, Cluster cluster) {
        checkWorkers(job, cluster);
        checkLanes(job, cluster);
        checkHeartbeat(job, cluster);
        checkMode(job, cluster);
        if (cluster.servers().shards() > ExchangeConfig.MAX_SHARDS) {
            job.problem(
                    "cluster.servers",
                    "is " + cluster.servers().shards() + ", it can be at most " + ExchangeConfig.MAX_SHARDS
                            + ": each server shard has data streams of its own; without it there is one for each worker");
        }
    }

    private static void checkWorkers(Values job, Cluster cluster) {
        if (cluster.workers() > cluster.virtualShards()) {
            job.problem(
                    "cluster.workers",
                    "is " + cluster.workers() + ", it can be at most cluster.virtual_shards = "
                            + cluster.virtualShards() + ": each worker needs a virtual shard");
            return;
        }
        if (cluster.minWorkers() > cluster.workers()) {
            job.problem(
                    "cluster.min_workers",
                    "is " + cluster.minWorkers() + ", it can be at most cluster.workers = " + cluster.workers());
        }
        if (cluster.maxWorkers() < cluster.workers() || cluster.maxWorkers() > cluster.virtualShards()) {
            job.problem(
                    "cluster.max_workers",
                    "is " + cluster.maxWorkers() + ", it must be from cluster.workers = " + cluster.workers()
                            + " to cluster.virtual_shards = " + cluster.virtualShards());
        }
    }

    private static void checkLanes(Values job, Cluster cluster) {
        if (cluster.lanes() > cluster.virtualShards()) {
            job.problem(
                    "cluster.lanes",
                    "is " + cluster.lanes() + ", it can be at most cluster.virtual_shards = " + cluster.virtualShards()
                            + ": each lane needs a virtual shard");
        }
    }

    private static void checkMode(Values job, Cluster cluster) {
        if (cluster.replicas() > 0 && !cluster.mode().allowsReplicas()) {
            job.problem(
                    "cluster.replicas",
                    "is " + cluster.replicas() + ", but mode is " + ModeSchema.MODE.write(cluster, Type.Form.YAML)
                            + backups(cluster)
                            + ": replicas belong to mode sync, other modes go back to the newest checkpoint");
        } else if (cluster.replicas() > 0 && cluster.wire().keepsResiduals()) {
            job.problem(
                    "cluster.replicas",
                    "is " + cluster.replicas() + ", but gradient_format is "
                            + cluster.wire().gradients().name()
                            + ": what workers have yet to send is in checkpoints only, so a lost worker sends all back"
                            + " to the newest one");
        }
        if ((cluster.wire().gradients() != null || cluster.wire().parameters() != null)
                && !(cluster.mode() instanceof ExchangeMode.Sync)) {
            job.problem(
                    "cluster.gradient_format",
                    "or cluster.parameter_format is not float32, but mode is "
                            + ModeSchema.MODE.write(cluster, Type.Form.YAML) + backups(cluster)
                            + ": other formats belong to mode sync without backup workers");
        }
        if (cluster.mode() instanceof ExchangeMode.Relaxed && !cluster.servers().dedicated()) {
            job.problem(
                    "cluster.servers",
                    "is " + cluster.servers().shards() + ", but mode is "
                            + ModeSchema.MODE.write(cluster, Type.Form.YAML) + backups(cluster)
                            + ", which needs {dedicated: n}: a worker that hosts shards holds up the others while it"
                            + " computes");
        }
        if (cluster.mode() instanceof ExchangeMode.BackupWorkers mode && mode.workers() >= cluster.workers()) {
            job.problem(
                    "cluster.backup_workers",
                    "is " + mode.workers() + ", it must be below cluster.workers = " + cluster.workers()
                            + ": a step needs a worker that it waits for");
        }
    }

    private static String backups(Cluster cluster) {
        return cluster.mode() instanceof ExchangeMode.BackupWorkers ? " with backup workers" : "";
    }

    private static void checkOptimizer(Values job, Model model, CompileConfig compile, Cluster cluster) {
        try {
            ExchangeConfig.requireSuited(model.layout(), compile.toOptimizer(), cluster.mode());
        } catch (CoveyException e) {
            job.problem("cluster.mode", e.getMessage());
        }
    }

    private static void checkHeartbeat(Values job, Cluster cluster) {
        Duration shortest = Duration.ofNanos(2 * ClusterTimeouts.HEARTBEAT_INTERVAL_NS);
        if (cluster.timeouts().heartbeat().compareTo(shortest) < 0) {
            job.problem(
                    "cluster.heartbeat_timeout",
                    "is " + cluster.timeouts().heartbeat().toMillis() + " ms, it must be at least "
                            + shortest.toMillis() + " ms: workers give a sign of life every "
                            + shortest.toMillis() / 2 + " ms");
        }
    }

    private static void checkLoss(Values job, Model model, CompileConfig compile) {
        try {
            new StateLayout(model, compile.toOptions(model, Map.of()));
        } catch (CoveyException e) {
            job.problem("compile", e.getMessage());
        }
    }
}
