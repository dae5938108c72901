package io.covey.trainer.training;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.convolutional.Conv2D;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.layers.normalization.BatchNormalization;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Samples;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

@Timeout(120)
class MicroBatchesTest {
    private static final long SEED = 11;
    private static final int PIXELS = 32 * 32;
    private static final int STEPS = 2;
    private static final float RATE = 0.05f;

    /** 9 samples are more than the caches hold. */
    private static Model images(double dropout) {
        return Model.sequential(
                "images",
                List.of(32, 32, 1),
                List.of(
                        new Conv2D(128, 1, Activation.RELU),
                        LayerTypes.create("GlobalAveragePooling2D", Map.of()),
                        LayerTypes.create("Dropout", Map.of("rate", dropout)),
                        new Dense(10, Activation.SOFTMAX)));
    }

    private static MicroBatches of(Model model) {
        return MicroBatches.of(model, CompileOptions.of(Losses.sparseCategoricalCrossentropy()));
    }

    @Test
    void shouldHalveUntilTheCachesHoldAMicroBatch() {
        MicroBatches cut = of(images(0));
        assertEquals(1, cut.count(7));
        assertEquals(2, cut.count(9));
        assertEquals(16, cut.count(100));
        Model huge = Model.sequential(
                "huge",
                List.of(600, 600, 1),
                List.of(
                        new Conv2D(4, 1, Activation.RELU),
                        LayerTypes.create("GlobalAveragePooling2D", Map.of()),
                        new Dense(10, Activation.SOFTMAX)));
        assertEquals(2, of(huge).count(3), "a micro-batch has a row at least");
    }

    @Test
    void shouldCoverEveryRowOnce() {
        assertArrayEquals(new int[] {4, 5}, of(images(0)).sizes(9).toArray());
        for (int rows = 1; rows < 200; rows++) {
            assertEquals(rows, of(images(0)).sizes(rows).sum());
        }
    }

    @Test
    void shouldNotCutWhenTheParametersAreMore() {
        assertEquals(1, of(Models.mlp(List.of(2048), 2048, 10)).count(4096));
    }

    @Test
    void shouldNotCutWhenALayerLooksAtTheWholeBatch() {
        Model normalized = Model.sequential(
                "normalized",
                List.of(32, 32, 1),
                List.of(
                        new Conv2D(128, 1, Activation.RELU),
                        new BatchNormalization(),
                        new Flatten(),
                        new Dense(2, Activation.SOFTMAX)));
        assertEquals(1, of(normalized).count(1000));
    }

    @Test
    void shouldGiveTheSameBitsForAnyNumberOfLanesWhenShardsAreCut() {
        Model model = images(0.3);
        float[] one = trained(model, 4, 36, 1);
        for (int lanes = 2; lanes <= 4; lanes++) {
            assertArrayEquals(one, trained(model, 4, 36, lanes), lanes + " lanes");
        }
    }

    @Test
    void shouldTrainOnTheSumOfAllMicroBatches() {
        Model model = images(0);
        float[] whole = trained(model, 8, 40, 1);
        float[] cut = trained(model, 2, 40, 1);
        for (int i = 0; i < whole.length; i++) {
            // Rounding of another order of additions.
            assertEquals(whole[i], cut[i], 1e-6f * Math.max(1, Math.abs(whole[i])), "parameter " + i);
        }
    }

    @Test
    void shouldDrawOtherRandomNumbersForEachMicroBatch() {
        Model model = images(0.5);
        Samples alike = Samples.random(18, PIXELS, 10, SEED);
        for (int row = 1; row < 18; row++) {
            System.arraycopy(alike.data(), 0, alike.data(), row * PIXELS, PIXELS);
            alike.labels()[row] = alike.labels()[0];
        }
        double two = lossOfFirstStep(model, alike, 18);
        double one = lossOfFirstStep(model, alike, 9);
        // Equal masks in both halves would give both the same mean loss.
        assertNotEquals(one, two);
    }

    private static double lossOfFirstStep(Model model, Samples samples, int rows) {
        DataPlan plan = new DataPlan(rows, rows, 1, false, SEED);
        double[] loss = new double[1];
        try (LocalTrainingBackend backend = backend(model, plan, samples.head(rows), 1)) {
            backend.train(
                    new EpochPlan(0, 0, 1, 0, RATE),
                    (step, metrics) -> loss[0] = metrics.get(StateLayout.LOSS) / metrics.get(StateLayout.SAMPLES));
        }
        return loss[0];
    }

    private static float[] trained(Model model, int virtualShards, int batchSize, int lanes) {
        int rows = STEPS * batchSize - 1;
        DataPlan plan = new DataPlan(rows, batchSize, virtualShards, false, SEED);
        try (LocalTrainingBackend backend = backend(model, plan, Samples.random(rows, PIXELS, 10, SEED), lanes)) {
            backend.train(new EpochPlan(0, 0, STEPS, 0, RATE), (step, metrics) -> {});
            return backend.parameters().get(0, Math.toIntExact(model.layout().length()));
        }
    }

    private static LocalTrainingBackend backend(Model model, DataPlan plan, Samples samples, int lanes) {
        TrainingSpec spec = new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy()),
                new Sgd(RATE),
                1 / 255f,
                plan,
                null,
                null,
                SEED);
        return new LocalTrainingBackend(spec, samples.shards(plan), lanes, (prefix, state, weights, slots) -> {});
    }
}
