package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.convolutional.Conv2D;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.layers.normalization.BatchNormalization;
import io.covey.trainer.layers.rnn.TimeDistributed;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.losses.Reduction;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Samples;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(60)
class LanePlanTest {
    private static final int BATCH = 8;
    private static final Model PLAIN = Models.mlp(List.of(6), 5, 4);
    private static final Model NORMALIZED = Model.sequential(
            "normalized",
            List.of(8, 8, 3),
            List.of(
                    new Conv2D(16, 3, Activation.RELU),
                    new BatchNormalization(),
                    new Flatten(),
                    new Dense(10, Activation.SOFTMAX)));

    private static LanePlan inProcess(Model model, int threads, int batchSize) {
        return LanePlan.inProcess(model, CompileOptions.of(Losses.meanSquaredError()), threads, batchSize);
    }

    @Test
    void shouldPutMicroBatchesSideBySideWhenNoLayerNeedsTheWholeBatch() {
        assertEquals(new LanePlan(4, 1), inProcess(PLAIN, 4, 32));
        assertEquals(new LanePlan(3, 1), inProcess(PLAIN, 4, 3));
    }

    @Test
    void shouldKeepTheBatchWholeWhenALayerNormalizesByIt() {
        assertEquals(new LanePlan(1, 4), inProcess(NORMALIZED, 4, 32));
        Layer wrapped = new TimeDistributed(new BatchNormalization());
        assertEquals(
                new LanePlan(1, 4), inProcess(Model.sequential("wrapped", List.of(3, 2), List.of(wrapped)), 4, 32));
        assertEquals(
                new LanePlan(4, 1),
                inProcess(Model.sequential("frozen", List.of(3, 2), List.of(wrapped.trainable(false))), 4, 32));
    }

    @Test
    void shouldKeepTheBatchWholeWhenTheLossLooksAtIt() {
        for (Loss loss : List.of(
                Losses.meanSquaredError().reduction(Reduction.MEAN_WITH_SAMPLE_WEIGHT),
                Losses.hinge(),
                Losses.of("dice"),
                Losses.sparseCategoricalCrossentropy().ignoreClass(0))) {
            assertEquals(new LanePlan(1, 4), LanePlan.inProcess(PLAIN, CompileOptions.of(loss), 4, 32), loss.name());
        }
        Loss sum = Losses.meanSquaredError().reduction(Reduction.SUM);
        assertEquals(new LanePlan(4, 1), LanePlan.inProcess(PLAIN, CompileOptions.of(sum), 4, 32));
    }

    @Test
    void shouldKeepTheBatchWholeWhenAMaskReachesTheLoss() {
        Layer masking = LayerTypes.create("Masking", Map.of());
        Layer steps = new TimeDistributed(new Dense(3, Activation.LINEAR));
        Layer last = LayerTypes.create("LSTM", Map.of("units", 3));
        assertEquals(
                new LanePlan(1, 4), inProcess(Model.sequential("s", List.of(3, 2), List.of(masking, steps)), 4, 32));
        assertEquals(
                new LanePlan(4, 1), inProcess(Model.sequential("l", List.of(3, 2), List.of(masking, last)), 4, 32));
    }

    @Test
    void shouldKeepTheBatchWholeWhenParametersAreMoreThanWhatIsMadeOfIt() {
        Model wide = Models.mlp(List.of(1024), 1024, 1024);
        assertEquals(new LanePlan(1, 4), inProcess(wide, 4, 32));
        assertEquals(new LanePlan(4, 1), inProcess(wide, 4, 1024));
        Layer lstm = LayerTypes.create("LSTM", Map.of("units", 1024));
        assertEquals(new LanePlan(4, 1), inProcess(Model.sequential("r", List.of(2, 8), List.of(lstm)), 4, 32));
        Layer both = LayerTypes.create("Bidirectional", Map.of("layer", lstm));
        assertEquals(new LanePlan(4, 1), inProcess(Model.sequential("b", List.of(2, 8), List.of(both)), 4, 32));
    }

    @Test
    void shouldRefuseNoThreads() {
        assertThrows(CoveyException.class, () -> inProcess(NORMALIZED, 0, 32));
    }

    @Test
    void shouldNormalizeByTheWholeBatchWhateverTheNumberOfThreads() {
        float[] one = trained(1);
        float[] two = trained(2);
        for (int i = 0; i < one.length; i++) {
            float difference = Math.abs(one[i] - two[i]);
            // Rounding of another order of additions, over two steps of SGD; by halves of the batch it would be 1e-3.
            float limit = 1e-5f * Math.max(1f, Math.abs(one[i]));
            assertEquals(0f, difference, limit, "parameter " + i + ": " + one[i] + " and " + two[i]);
        }
    }

    private static float[] trained(int threads) {
        Model model = NORMALIZED;
        LanePlan lanes = inProcess(model, threads, BATCH);
        DataPlan plan = new DataPlan(2 * BATCH, BATCH, lanes.virtualShards(), false, 1);
        TrainingSpec spec = new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy()),
                new Sgd(0.01),
                1 / 255f,
                plan,
                null,
                null,
                1);
        List<VirtualShard> shards =
                Samples.random(2 * BATCH, model.inputSize(), 10, 1).shards(plan);
        try (LocalTrainingBackend backend = new LocalTrainingBackend(
                spec, shards, lanes.virtualShards(), lanes.threadsPerLane(), (p, s, w, o) -> {})) {
            backend.train(new EpochPlan(0, 0, 2, 0, 0.01f), (step, metrics) -> {});
            NativeFloats parameters = backend.parameters();
            float[] values = new float[Math.toIntExact(parameters.length())];
            parameters.buffer().get(values);
            return values;
        }
    }
}
