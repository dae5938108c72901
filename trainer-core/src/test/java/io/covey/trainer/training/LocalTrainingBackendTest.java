package io.covey.trainer.training;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.model.WeightsHash;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.testing.Golden;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Samples;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class LocalTrainingBackendTest {
    private static final CheckpointSink NO_CHECKPOINTS = (prefix, state, parameters, slots) -> {
        throw new AssertionError("no checkpoint was asked for");
    };
    private static final StepListener IGNORE = (step, metrics) -> {};

    private final Model model = Models.mlp(List.of(28, 28), 32, 16, 10);

    private TrainingSpec spec(int virtualShards, float rate) {
        return new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy")),
                new Sgd(rate),
                1 / 255f,
                new DataPlan(640, 32, virtualShards, false, 0),
                new DataPlan(500, 64, virtualShards, false, 0),
                null,
                0);
    }

    private static Samples data(String images, String labels) {
        Golden data = Golden.read("training/_data");
        return new Samples(784, data.array(images).bytes(), data.array(labels).ints());
    }

    private static List<VirtualShard> shards(TrainingSpec spec) {
        return Samples.shards(spec.train(), data("/x", "/y").head(640), spec.validation(), data("/val_x", "/val_y"));
    }

    /** Two epochs against real Keras, step by step, with the batch as one or as four micro-batches. */
    @ParameterizedTest
    @CsvSource({"1,1", "4,1", "4,2", "4,4"})
    void shouldMatchKerasStepByStep(int virtualShards, int lanes) {
        Golden golden = Golden.read("training/mlp_sgd");
        double lossNoise = golden.at("/float32_minus_float64/max_abs_step_loss").asDouble();
        TrainingSpec spec = spec(
                virtualShards, (float) golden.at("/optimizer/learning_rate").asDouble());
        try (LocalTrainingBackend backend = new LocalTrainingBackend(spec, shards(spec), lanes, NO_CHECKPOINTS)) {
            Models.fill(model, backend.parameters(), i -> golden.array("/weights/" + i + "/initial"));
            assertEquals(20, backend.steps(DataSplit.TRAIN));
            assertEquals(500, backend.rows(DataSplit.VALIDATION));
            assertEquals(0, backend.steps(DataSplit.TEST));
            for (int epoch = 0; epoch < 2; epoch++) {
                MetricState running = MetricState.zero(4);
                long first = epoch * 20L;
                float rate = (float) spec.optimizer().learningRate();
                long end = backend.train(new EpochPlan(epoch, first, first + 20, first, rate), (step, metrics) -> {
                    running.add(metrics);
                    JsonNode logs = golden.at("/steps_running_logs/" + (first + step));
                    Map<String, Double> results = spec.metrics().results(running);
                    String at = "step " + (first + step);
                    assertEquals(logs.get("loss").asDouble(), results.get("loss"), Golden.NOISE_FACTOR * lossNoise, at);
                    assertEquals(logs.get("accuracy").asDouble(), results.get("accuracy"), 1e-7, at);
                });
                assertEquals(first + 20, end);
                MetricState validation = MetricState.zero(4);
                backend.evaluate(DataSplit.VALIDATION, (step, metrics) -> validation.add(metrics));
                assertHistory(golden, epoch, "", spec.metrics().results(running));
                assertHistory(golden, epoch, "val_", spec.metrics().results(validation));
            }
            double weightNoise =
                    golden.at("/float32_minus_float64/max_abs_weight").asDouble();
            List<ParameterSpec> parameters = model.layout().parameters();
            for (int i = 0; i < parameters.size(); i++) {
                ParameterSpec parameter = parameters.get(i);
                assertArrayEquals(
                        golden.array("/weights/" + i + "/final").floats(),
                        backend.parameters().get(parameter.offset(), (int) parameter.size()),
                        (float) (Golden.NOISE_FACTOR * weightNoise),
                        parameter.path());
            }
        }
    }

    private static void assertHistory(Golden golden, int epoch, String prefix, Map<String, Double> results) {
        results.forEach((name, value) -> {
            String key = prefix + name;
            assertEquals(
                    golden.at("/float32_minus_float64/history_float64/" + key + "/" + epoch)
                            .asDouble(),
                    value,
                    Golden.NOISE_FACTOR
                            * golden.at("/float32_minus_float64/max_abs_history/" + key)
                                    .asDouble(),
                    key + " of epoch " + epoch);
        });
    }

    @Test
    void shouldWriteASnapshotInTheBackgroundWhileTrainingGoesOn() throws Exception {
        TrainingSpec spec = spec(2, 0.05f);
        CountDownLatch trained = new CountDownLatch(1);
        String[] written = new String[1];
        CheckpointSink sink = (prefix, state, parameters, slots) -> {
            try {
                assertTrue(trained.await(30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            written[0] = prefix + " " + state.step() + " " + WeightsHash.sha256(model.layout(), parameters);
        };
        try (LocalTrainingBackend backend = new LocalTrainingBackend(spec, shards(spec), 1, sink)) {
            backend.train(new EpochPlan(0, 0, 2, 0, 0.05f), IGNORE);
            String hash = backend.weightsSha256();
            CompletableFuture<Void> checkpoint = backend.checkpoint("run/ckpt-2", state(2));
            backend.train(new EpochPlan(0, 2, 3, 0, 0.05f), IGNORE);
            trained.countDown();
            checkpoint.get(30, TimeUnit.SECONDS);
            assertEquals("run/ckpt-2 2 " + hash, written[0]);
            assertTrue(!hash.equals(backend.weightsSha256()));
        }
    }

    @Test
    void shouldCompleteWithTheReasonWhenACheckpointFails() {
        TrainingSpec spec = spec(1, 0.05f);
        IOException full = new IOException("No space left on device");
        CheckpointSink sink = (prefix, state, parameters, slots) -> {
            throw full;
        };
        try (LocalTrainingBackend backend = new LocalTrainingBackend(spec, shards(spec), 1, sink)) {
            ExecutionException e =
                    assertThrows(ExecutionException.class, () -> backend.checkpoint("run/ckpt-0", state(0))
                            .get(30, TimeUnit.SECONDS));
            CoveyException reason = (CoveyException) e.getCause();
            assertEquals(full, reason.getCause());
            assertTrue(reason.getMessage().contains("run/ckpt-0"));
        }
    }

    private static TrainingState state(long step) {
        return new TrainingState(step, 0, MetricState.zero(4), 0, "", "", Map.of(), Map.of(), Map.of());
    }

    @Test
    void shouldReturnAtTheNextStepWhenStopIsRequested() {
        TrainingSpec spec = spec(2, 0.05f);
        try (LocalTrainingBackend backend = new LocalTrainingBackend(spec, shards(spec), 2, NO_CHECKPOINTS)) {
            EpochPlan epoch = new EpochPlan(0, 0, 20, 0, 0.05f);
            long end = backend.train(epoch, (step, metrics) -> {
                if (step == 4) {
                    backend.requestStop();
                }
            });
            assertEquals(6, end);
            assertEquals(20, backend.train(new EpochPlan(0, end, 20, 0, 0.05f), IGNORE));
        }
    }

    @Test
    void shouldStartFromTheModelsFirstValues() {
        TrainingSpec spec = spec(1, 0.05f);
        try (LocalTrainingBackend backend = new LocalTrainingBackend(spec, shards(spec), 1, NO_CHECKPOINTS);
                NativeFloats expected = Models.initialValues(model, spec.seed())) {
            assertEquals(WeightsHash.sha256(model.layout(), expected), backend.weightsSha256());
        }
    }

    @Test
    void shouldRefuseMissingShards() {
        TrainingSpec spec = spec(4, 0.05f);
        CoveyException e = assertThrows(
                CoveyException.class,
                () -> new LocalTrainingBackend(spec, shards(spec).subList(0, 3), 1, NO_CHECKPOINTS));
        assertEquals("the job has 4 virtual shards, given are 3", e.getMessage());
    }
}
