package io.covey.server.worker;

import io.covey.server.coordinator.Coordinator;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.LocalTrainingBackend;
import io.covey.trainer.training.TrainingBackend;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

/** Optimizers whose updates need more than the range of one server shard. */
@Timeout(300)
class ClusterOptimizersTest {
    private static final int EPOCHS = 2;

    @TempDir
    Path directory;

    static Stream<Optimizer> optimizers() {
        return Stream.of(
                Optimizers.of("sgd", Map.of("learning_rate", 0.1, "clipnorm", 0.05)),
                Optimizers.of("adam", Map.of("global_clipnorm", 0.1)),
                Optimizers.of("lamb", Map.of("learning_rate", 0.01, "use_ema", true, "ema_momentum", 0.9)),
                Optimizers.of("adafactor", Map.of("learning_rate", 0.01)),
                Optimizers.of("nadam", Map.of("use_ema", true, "ema_overwrite_frequency", 3, "global_clipnorm", 0.1)));
    }

    private static TrainingLoop loop(TrainingBackend backend, TrainingSpec spec) {
        return new TrainingLoop(backend, spec, FitOptions.of(EPOCHS, null), List.of());
    }

    private static String local(TrainingSpec spec) {
        try (TrainingBackend backend = new LocalTrainingBackend(
                spec, TestJob.load(Set.of(0, 1, 2, 3)), 1, (prefix, state, parameters, slots) -> {})) {
            loop(backend, spec).fit();
            return backend.weightsSha256();
        }
    }

    private static TestCluster cluster(int workers, int servers, TrainingSpec spec) {
        return new TestCluster(
                spec, workers, servers, 0, TestCluster.TIMEOUTS, new LocalFileStore(), JobSecurity.random());
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void shouldGiveTheWeightsOfTheLocalBackend(Optimizer optimizer) {
        TrainingSpec spec = TestJob.spec(optimizer);
        String expected = local(spec);
        for (int[] size : new int[][] {{1, 1}, {1, 3}, {2, 2}, {3, 3}}) {
            try (TestCluster cluster = cluster(size[0], size[1], spec).start(size[0])) {
                loop(cluster.coordinator(), spec).fit();
                assertEquals(
                        expected,
                        cluster.coordinator().weightsSha256(),
                        size[0] + " workers, " + size[1] + " server shards");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void shouldGoOnWithTheSameBitsOnAnotherNumberOfShards(Optimizer optimizer) throws Exception {
        TrainingSpec spec = TestJob.spec(optimizer);
        float rate = (float) optimizer.learningRate();
        String prefix = directory.resolve("ckpt-1").toString();
        String uninterrupted;
        try (TestCluster cluster = cluster(2, 3, spec).start(2)) {
            Coordinator coordinator = cluster.coordinator();
            long step = coordinator.train(epoch(spec, 0, rate), (s, sums) -> {});
            coordinator.checkpoint(prefix, state(spec, step)).get(120, TimeUnit.SECONDS);
            coordinator.train(epoch(spec, 1, rate), (s, sums) -> {});
            String trained = coordinator.weightsSha256();
            coordinator.overwriteWithAverages();
            uninterrupted = coordinator.weightsSha256();
            if (optimizer.options().useEma()) {
                assertNotEquals(trained, uninterrupted);
            }
        }
        long step = new CheckpointDirectory(new LocalFileStore(), directory.toString(), 1)
                .readState(prefix)
                .step();
        try (TestCluster cluster = cluster(3, 2, spec)) {
            cluster.restorePrefix = prefix;
            for (int worker = 0; worker < 3; worker++) {
                cluster.startWorker(worker);
            }
            Coordinator coordinator = cluster.coordinator();
            assertEquals(step, coordinator.awaitWorkers());
            coordinator.train(epoch(spec, 1, rate), (s, sums) -> {});
            coordinator.overwriteWithAverages();
            assertEquals(uninterrupted, coordinator.weightsSha256());
        }
    }

    private static EpochPlan epoch(TrainingSpec spec, int epoch, float rate) {
        long steps = spec.plan(DataSplit.TRAIN).stepsPerEpoch();
        return new EpochPlan(epoch, epoch * steps, (epoch + 1) * steps, epoch * steps, rate);
    }

    private static TrainingState state(TrainingSpec spec, long step) {
        MetricState sums = MetricState.zero(spec.metrics().stateLength());
        return new TrainingState(step, 0, sums, TestJob.SEED, "configuration", "", Map.of(), Map.of(), Map.of());
    }
}
