package io.covey.spark.bench;

import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.training.TrainingSpec;
import java.nio.file.Path;
import java.util.List;

/** The groups of cases that can be measured. */
final class Workloads {
    private static final List<String> COLLECTIVES = List.of("allreduce", "pushpull");
    /** What group checkpoint saves and restores. */
    static final BenchModel CHECKPOINTED = BenchModel.M5A;

    private static final long EXCHANGE_STEPS = 1_000_000;

    private Workloads() {}

    /** The cases of {@code group}, with checkpoints in the folder for temporary files. */
    static WorkloadFactory of(String group, int workers, int threads) {
        return of(group, workers, threads, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * Builds the cases of {@code group}.
     *
     * @param scratch where checkpoints are written
     * @throws CoveyException a caller's error for a group that does not exist, or the wrong number of workers
     */
    static WorkloadFactory of(String group, int workers, int threads, Path scratch) {
        return switch (group) {
            case "single" -> single(workers, threads);
            case "dist" ->
                (model, batch) -> {
                    int rows = Math.multiplyExact(requirePositive(batch), workers);
                    TrainingSpec spec = BenchModel.named(model).spec(rows, workers * threads);
                    return () -> new ClusterWorkload(spec, workers, threads, false);
                };
            case "allreduce" ->
                (model, batch) -> {
                    TrainingSpec spec = exchangeSpec(model, workers);
                    return () -> new ClusterWorkload(spec, workers, 1, true);
                };
            case "checkpoint" -> checkpoint(workers, scratch);
            default ->
                throw CoveyException.caller("group " + group
                        + " cannot be measured, known are single, dist, allreduce, checkpoint and e2e");
        };
    }

    private static WorkloadFactory single(int workers, int threads) {
        if (workers != 1) {
            throw CoveyException.caller(
                    "group single runs in one process, workers is " + workers + ": use --group dist for more");
        }
        return (model, batch) -> {
            BenchModel known = BenchModel.named(model);
            requirePositive(batch);
            return () -> new SingleWorkload(known, batch, threads);
        };
    }

    private static WorkloadFactory checkpoint(int workers, Path scratch) {
        if (workers != 1) {
            throw CoveyException.caller("group checkpoint runs in one process, workers is " + workers);
        }
        return (model, batch) -> {
            CheckpointWorkload.Operation operation = CheckpointWorkload.Operation.named(model);
            return () -> new CheckpointWorkload(CHECKPOINTED, operation, scratch);
        };
    }

    private static int requirePositive(int batch) {
        if (batch < 1) {
            throw CoveyException.caller("batch is " + batch + ", it must be at least 1");
        }
        return batch;
    }

    /**
     * A model of n weights that is never computed: the exchange adds the workers' vectors and gives all the result, which is
     * both an all-reduce and a reduce followed by a broadcast.
     */
    private static TrainingSpec exchangeSpec(String name, int workers) {
        int colon = name.indexOf(':');
        if (colon < 0 || !COLLECTIVES.contains(name.substring(0, colon))) {
            throw CoveyException.caller(
                    "case " + name + " is not known, known are allreduce:N and pushpull:N, N floats");
        }
        int floats;
        try {
            floats = Integer.parseInt(name.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw CoveyException.caller(
                    "case " + name + ": " + name.substring(colon + 1) + " is not a number of floats", e);
        }
        Dense weights = new Dense(1, Activation.LINEAR).useBias(false).kernelInitializer(new Zeros());
        return new TrainingSpec(
                Model.sequential("exchange", List.of(floats), List.of(weights)),
                CompileOptions.of(Losses.sparseCategoricalCrossentropy()),
                new Sgd(Sgd.LEARNING_RATE_DEFAULT),
                1f,
                new DataPlan(EXCHANGE_STEPS * workers, workers, workers, false, 0),
                null,
                null,
                0);
    }
}
