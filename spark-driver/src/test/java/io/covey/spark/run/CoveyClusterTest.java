package io.covey.spark.run;

import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.api.Dataset;
import io.covey.trainer.api.FitArguments;
import io.covey.trainer.api.InferenceArguments;
import io.covey.trainer.api.KerasModel;
import io.covey.trainer.api.Layers;
import io.covey.trainer.callbacks.History;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.losses.Reduction;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.optimizer.Optimizers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class CoveyClusterTest {
    private static final int ROWS = 100;
    private static final int FEATURES = 5;

    private static Dataset data() {
        Random random = new Random(1);
        float[] x = new float[ROWS * FEATURES];
        int[] y = new int[ROWS];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat();
        }
        for (int row = 0; row < ROWS; row++) {
            y[row] = x[row * FEATURES] > 0.5f ? 1 : 0;
        }
        return Dataset.of(new SampleBlock(FEATURES, x, y));
    }

    private static KerasModel model() {
        return KerasModel.sequential(
                        Layers.input(FEATURES),
                        Layers.dense(8, Activation.RELU),
                        Layers.dropout(0.1),
                        Layers.dense(2, Activation.SOFTMAX))
                .compile(Optimizers.adam(0.01), Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy"));
    }

    private static FitArguments arguments() {
        return FitArguments.fit().batchSize(10).verbose(0).validationSplit(0.2);
    }

    @Test
    void shouldGiveTheBitsOfThisProcessWhenFittedOnACluster(@TempDir Path folder) {
        try (KerasModel here = model();
                KerasModel there = model();
                CoveyCluster cluster = CoveyCluster.start(folder.toString(), "workers=2", "virtual_shards=4")) {
            here.fit(data(), arguments().epochs(2).threads(4));
            History expected = here.fit(
                    data(),
                    arguments().epochs(4).initialEpoch(2).stepsPerEpoch(3).threads(4));
            there.fit(data(), arguments().epochs(2).on(cluster));
            History actual = there.fit(
                    data(),
                    arguments().epochs(4).initialEpoch(2).stepsPerEpoch(3).on(cluster));
            assertEquals(expected.metrics(), actual.metrics());
            assertEquals(here.iterations(), there.iterations());
            for (int i = 0; i < here.getWeights().size(); i++) {
                assertArrayEquals(
                        here.getWeights().get(i).data().asFloat(),
                        there.getWeights().get(i).data().asFloat());
            }
            assertEquals(here.evaluate(data()), there.evaluate(data()));
        }
    }

    @Test
    void shouldMeasureWhatThisProcessDoesWhenEvaluatedOnACluster(@TempDir Path folder) {
        try (KerasModel model = model();
                CoveyCluster cluster = CoveyCluster.start(folder.toString(), "workers=2", "virtual_shards=4")) {
            InferenceArguments there =
                    InferenceArguments.inference().batchSize(16).verbose(0).on(cluster);
            Map<String, Double> expected = model.evaluate(data());
            Map<String, Double> actual = model.evaluate(data(), there);
            assertEquals(expected.keySet(), actual.keySet());
            assertEquals(expected.get("accuracy"), actual.get("accuracy"));
            assertEquals(expected.get("loss"), actual.get("loss"), 1e-6);
            CoveyException refused = assertThrows(CoveyException.class, () -> model.predict(data(), there));
            assertTrue(refused.getMessage().contains("leave on(cluster) out"), refused.getMessage());
        }
    }

    @Test
    void shouldReduceWeightedLossesAsInThisProcessWhenFittedOnACluster(@TempDir Path folder) {
        float[] weights = new float[ROWS];
        for (int row = 0; row < ROWS; row++) {
            weights[row] = row % 3 / 2f + 0.25f;
        }
        Dataset weighted = data().sampleWeights(weights);
        try (CoveyCluster cluster = CoveyCluster.start(folder.toString(), "workers=2", "virtual_shards=2")) {
            for (Reduction reduction : List.of(Reduction.SUM, Reduction.NONE)) {
                try (KerasModel here = model();
                        KerasModel there = model()) {
                    Loss loss = Losses.sparseCategoricalCrossentropy().reduction(reduction);
                    here.compile(Optimizers.sgd(0.01), loss);
                    there.compile(Optimizers.sgd(0.01), loss);
                    History expected = here.fit(weighted, arguments().epochs(2).threads(2));
                    History actual = there.fit(weighted, arguments().epochs(2).on(cluster));
                    assertEquals(expected.metrics(), actual.metrics(), reduction.kerasName());
                    assertArrayEquals(
                            here.getWeights().get(0).data().asFloat(),
                            there.getWeights().get(0).data().asFloat());
                }
            }
        }
    }

    @Test
    void shouldRefuseWhatTheWorkersWouldWhenTheModeDoesNotSuitTheOptimizer(@TempDir Path folder) {
        try (KerasModel model = model().compile(
                                Optimizers.of("adam", Map.of("global_clipnorm", 1)),
                                Losses.sparseCategoricalCrossentropy(),
                                Metrics.of("accuracy"));
                CoveyCluster cluster = CoveyCluster.start(folder.toString(), "workers=2", "mode=async")) {
            CoveyException refused = assertThrows(
                    CoveyException.class,
                    () -> model.fit(data(), arguments().epochs(1).on(cluster)));
            assertTrue(refused.getMessage().contains("use mode sync or local_sgd"), refused.getMessage());
            assertEquals(CoveyException.Category.CALLER, refused.category());
        }
    }

    @Test
    void shouldNameTheSettingWhenItIsWrong(@TempDir Path folder) {
        CoveyException misspelt =
                assertThrows(CoveyException.class, () -> CoveyCluster.start(folder.toString(), "worker=2"));
        assertTrue(misspelt.getMessage().contains("did you mean workers"), misspelt.getMessage());
        CoveyException impossible = assertThrows(
                CoveyException.class, () -> CoveyCluster.start(folder.toString(), "workers=3", "virtual_shards=2"));
        assertTrue(impossible.getMessage().contains("virtual_shards = 2"), impossible.getMessage());
    }
}
