package io.covey.server.worker;

import io.covey.server.coordinator.Coordinator;
import io.covey.server.security.JobSecret;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.CoveyException;
import io.covey.trainer.api.KerasModel;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.Training;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.LocalTrainingBackend;
import io.covey.trainer.training.TrainingBackend;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Models that a callback saves on a cluster have the bytes of those that it saves in one process, optimizer included. */
@Timeout(300)
class ClusterModelFilesTest {
    private static final int EPOCHS = 3;

    private static final int BATCHES = 19;
    private static final int SAVE_FREQ = 7;

    private static final Map<String, Map<String, Object>> ARGUMENTS = Map.of(
            "adam",
            Map.of("amsgrad", true, "use_ema", true),
            "adafactor",
            Map.of(),
            "rmsprop",
            Map.of("momentum", 0.5));

    @TempDir
    private Path folder;

    private static TrainingSpec spec(String optimizer) {
        Optimizer made = Optimizers.of(optimizer, ARGUMENTS.get(optimizer));
        return TestJob.spec(made);
    }

    private static TrainingBackend local(TrainingSpec spec) {
        return new LocalTrainingBackend(
                spec, TestJob.load(Set.of(0, 1, 2, 3)), 1, (prefix, state, parameters, slots) -> {});
    }

    /** Trains, and returns the files. */
    private Map<Path, byte[]> files(String name, TrainingBackend backend, TrainingSpec spec, Callback... more) {
        Path own = folder.resolve(name);
        List<Callback> callbacks = new ArrayList<>(List.of(more));
        callbacks.add(Callbacks.modelCheckpoint(own.resolve("{epoch}.keras").toString()));
        callbacks.add(Callbacks.modelCheckpoint(own.resolve("{epoch}.h5").toString()));
        callbacks.add(
                Callbacks.modelCheckpoint(own.resolve("{epoch}-{batch}.keras").toString())
                        .saveFreq(SAVE_FREQ));
        new TrainingLoop(backend, spec, FitOptions.of(EPOCHS, null), callbacks).fit();
        try (Stream<Path> written = Files.list(own)) {
            Map<Path, byte[]> contents = new TreeMap<>();
            for (Path file : written.toList()) {
                contents.put(file.getFileName(), Files.readAllBytes(file));
            }
            return contents;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertSame(Map<Path, byte[]> expected, Map<Path, byte[]> actual) {
        assertEquals(2 * EPOCHS + EPOCHS * BATCHES / SAVE_FREQ, expected.size());
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((file, content) -> assertArrayEquals(content, actual.get(file), file.toString()));
    }

    @ParameterizedTest
    @CsvSource({"adam, 2, 1, false", "adam, 2, 3, true", "rmsprop, 3, 2, false", "adafactor, 2, 2, true"})
    void shouldWriteTheFilesOfTheLocalBackend(String optimizer, int workers, int servers, boolean encrypt) {
        TrainingSpec spec = spec(optimizer);
        JobSecurity security = new JobSecurity(JobSecret.random(), encrypt);
        try (TrainingBackend local = local(spec);
                TestCluster cluster = cluster(spec, workers, servers, security)) {
            cluster.start(workers);
            assertSame(files("local", local, spec), files("cluster", cluster.coordinator(), spec));
        }
        try (KerasModel model = KerasModel.load(folder.resolve("cluster/2-9.keras"))) {
            assertEquals(28, model.iterations());
        }
    }

    private static TestCluster cluster(TrainingSpec spec, int workers, int servers) {
        return cluster(spec, workers, servers, JobSecurity.random());
    }

    private static TestCluster cluster(TrainingSpec spec, int workers, int servers, JobSecurity security) {
        return new TestCluster(spec, workers, servers, 0, TestCluster.TIMEOUTS, new LocalFileStore(), security);
    }

    @Test
    void shouldWriteTheSameFilesWhenAWorkerIsLostMeanwhile() {
        TrainingSpec spec = spec("adam");
        try (TrainingBackend local = local(spec);
                TestCluster cluster = cluster(spec, 2, 2).start(2)) {
            Coordinator coordinator = cluster.coordinator();
            Callback loss = Callbacks.lambda().onEpochEnd((epoch, logs) -> {
                if (epoch == 0) {
                    coordinator.workerLost(1, "the test says so");
                    cluster.startWorker(2);
                }
            });
            assertSame(files("local", local, spec), files("cluster", coordinator, spec, loss));
        }
    }

    /** Reads the weights in its hooks. */
    private abstract static class Reader implements Callback {
        private Training training;

        @Override
        public void onTrainBegin(Training newTraining) {
            training = newTraining;
        }

        void read() {
            training.weights();
        }
    }

    private static void assertRefuses(Reader reader, String advice) {
        TrainingSpec spec = spec("adam");
        try (TestCluster cluster = cluster(spec, 2, 2).start(2)) {
            TrainingLoop loop = new TrainingLoop(cluster.coordinator(), spec, FitOptions.of(1, null), List.of(reader));
            CoveyException refused = assertThrows(CoveyException.class, loop::fit);
            assertEquals(CoveyException.Category.CALLER, refused.category());
            assertTrue(refused.getMessage().contains(advice), refused.getMessage());
        }
    }

    @Test
    void shouldRefuseToReadWeightsInAHookThatTrainingDoesNotPauseFor() {
        assertRefuses(
                new Reader() {
                    @Override
                    public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
                        read();
                    }
                },
                "batchesToPause");
    }

    @Test
    void shouldRefuseToReadWeightsInTheHookWhenABatchIsEvaluated() {
        assertRefuses(
                new Reader() {
                    @Override
                    public void onTestBatchEnd(long batch, Map<String, Double> logs) {
                        read();
                    }
                },
                "onTestEnd");
    }

    @Test
    void shouldReadWeightsWhenAnEvaluationBeginsOrEnds() {
        List<String> hooks = new ArrayList<>();
        Reader reader = new Reader() {
            @Override
            public void onTestBegin() {
                read();
                hooks.add("begin");
            }

            @Override
            public void onTestEnd(Map<String, Double> logs) {
                read();
                hooks.add("end");
            }
        };
        TrainingSpec spec = spec("adam");
        try (TestCluster cluster = cluster(spec, 2, 2).start(2)) {
            new TrainingLoop(cluster.coordinator(), spec, FitOptions.of(1, null), List.of(reader)).fit();
        }
        assertEquals(List.of("begin", "end"), hooks);
    }
}
