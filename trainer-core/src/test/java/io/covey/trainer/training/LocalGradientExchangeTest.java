package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.testing.Models;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class LocalGradientExchangeTest {
    private final Model model = Models.mlp(List.of(3), 2);
    private final ReductionTree tree = ReductionTree.of(3);
    private final LocalGradientExchange exchange = new LocalGradientExchange(spec(model, new Sgd(0.5), 3));
    private final NativeFloats gradient = NativeFloats.allocate(model.layout().length());

    private static TrainingSpec spec(Model model, Optimizer optimizer, int virtualShards) {
        return new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy()),
                optimizer,
                1f,
                new DataPlan(30, 6, virtualShards, false, 0),
                null,
                null,
                0);
    }

    @AfterEach
    void close() {
        exchange.close();
        gradient.close();
    }

    private NativeFloats gradientOf(float value) {
        NativeFloats vector = NativeFloats.allocate(model.layout().length());
        vector.put(0, new float[] {value});
        return vector;
    }

    @Test
    void shouldCompleteTheTreeInAnyOrderAndDivideBySamples() {
        exchange.parameters().put(0, new float[] {10f});
        try (NativeFloats a = gradientOf(1);
                NativeFloats b = gradientOf(2);
                NativeFloats c = gradientOf(5)) {
            exchange.push(0, tree.leaf(2), c, 3, 0.5f, false);
            exchange.push(0, tree.leaf(0), a, 1, 0.5f, false);
            exchange.push(0, tree.leaf(1), b, 0, 0.5f, true);
            assertTrue(exchange.pull(0));
            assertEquals(10 - 0.5f * 8 / 4, exchange.parameters().buffer().get(0));
        }
        exchange.push(1, ReductionTree.ROOT, gradient, 1, 0.5f, false);
        assertFalse(exchange.pull(1));
    }

    @Test
    void shouldFailWhenAPushIsMissingDoubleOrEmpty() {
        exchange.push(0, tree.leaf(0), gradient, 1, 0.5f, false);
        assertMessage(
                "step 0: node 2 was pushed twice", () -> exchange.push(0, tree.leaf(0), gradient, 1, 0.5f, false));
        assertMessage("step 0: not all virtual shards have pushed their gradients", () -> exchange.pull(0));
        exchange.push(0, ReductionTree.ROOT, gradient, 0, 0.5f, false);
        assertMessage("step 0 has no samples", () -> exchange.pull(0));
    }

    /** Adam with Lamb's and clipping's norms: the most that lanes have to agree on. */
    @Test
    void shouldUpdateToTheSameBitsOnAnyNumberOfLanes() {
        Optimizer lamb = Optimizers.of("lamb", Map.of("clipnorm", 0.01, "weight_decay", 0.1, "use_ema", true));
        float[] one = trainOnLanes(1, lamb);
        assertArrayEquals(one, trainOnLanes(2, lamb));
        assertArrayEquals(one, trainOnLanes(3, lamb));
        Optimizer adagrad = Optimizers.of("adagrad", Map.of());
        assertArrayEquals(trainOnLanes(1, adagrad), trainOnLanes(2, adagrad));
    }

    private static float[] trainOnLanes(int count, Optimizer optimizer) {
        Model large = Models.mlp(List.of(100), 50, 10);
        TrainingSpec spec = spec(large, optimizer, 3);
        int length = (int) large.layout().length();
        try (Lanes lanes = new Lanes(count);
                LocalGradientExchange exchange = new LocalGradientExchange(spec, lanes);
                NativeFloats gradient = NativeFloats.allocate(length)) {
            for (int step = 0; step < 5; step++) {
                for (ParameterSpec parameter : large.layout().parameters()) {
                    for (int i = 0; i < parameter.size(); i++) {
                        gradient.put(parameter.offset() + i, new float[] {(float) Math.sin(i * (step + 1))});
                    }
                }
                exchange.push(step, ReductionTree.ROOT, gradient, 4, 0.1f, false);
                exchange.pull(step);
            }
            exchange.overwriteWithAverages();
            return exchange.parameters().get(0, length);
        }
    }

    @Test
    void shouldUpdateToTheSameBitsWhenThreadsShareManyParameters() {
        float[] one = updateWithThreads(1);
        assertArrayEquals(one, updateWithThreads(2));
        assertArrayEquals(one, updateWithThreads(3));
    }

    private static float[] updateWithThreads(int threads) {
        Model large = Models.mlp(List.of(1024), 1024);
        assertTrue(MicroBatches.hasManyParameters(large));
        Optimizer adam = Optimizers.of("adam", Map.of("global_clipnorm", 1));
        TrainingSpec spec = spec(large, adam, 1);
        float[] values = new float[(int) large.layout().length()];
        try (TrainingVariables variables = TrainingVariables.initial(large, adam, 1);
                LocalGradientExchange exchange = new LocalGradientExchange(spec, threads, variables);
                NativeFloats gradient = NativeFloats.allocate(values.length)) {
            for (int step = 0; step < 2; step++) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) Math.sin(i * (step + 1));
                }
                gradient.put(0, values);
                exchange.push(step, ReductionTree.ROOT, gradient, 4, 0.1f, false);
                exchange.pull(step);
            }
            return exchange.parameters().get(0, values.length);
        }
    }

    private static void assertMessage(String message, Runnable action) {
        CoveyException e = assertThrows(CoveyException.class, action::run);
        assertEquals(message, e.getMessage());
        assertEquals(CoveyException.Category.FAILURE, e.category());
    }
}
