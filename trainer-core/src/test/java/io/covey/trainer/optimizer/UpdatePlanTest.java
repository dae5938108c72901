package io.covey.trainer.optimizer;

import io.covey.trainer.constraints.MaxNorm;
import io.covey.trainer.constraints.NonNeg;
import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.memory.ExactSum;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.model.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class UpdatePlanTest {
    private static final long SEED = System.nanoTime();
    private static final int STEPS = 7;

    private final ParameterLayout layout = new ParameterLayout(
            List.of(
                    new ParameterSpec("a/kernel", "a/kernel", List.of(70, 20), new Zeros(), 0),
                    new ParameterSpec("a/bias", "a/bias", List.of(20), new Zeros(), 1408),
                    new ParameterSpec("b/kernel", "b/kernel", List.of(5, 3), new Zeros(), 1440)),
            1456);

    static Stream<Optimizer> optimizers() {
        List<Map<String, Object>> options = List.of(
                Map.of(),
                Map.of("weight_decay", 0.1, "exclude_from_weight_decay", List.of("bias")),
                Map.of("clipnorm", 0.5, "gradient_accumulation_steps", 3),
                Map.of("global_clipnorm", 0.5, "use_ema", true, "ema_overwrite_frequency", 2),
                Map.of("clipvalue", 0.1),
                Map.of("semantics", "keras2", "decay", 0.1));
        return Optimizers.names().stream().flatMap(name -> options.stream().map(option -> Optimizers.of(name, option)));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void shouldComputeTheSameBitsWhereverRangesAreCut(Optimizer optimizer) {
        Random random = new Random(SEED);
        List<float[]> whole = UpdateRun.train(layout, optimizer, STEPS, SEED, 0, layout.length());
        int apart = new UpdatePlan(layout, optimizer).passes() > 1 ? ExactSum.BLOCK : 1;
        long[] cuts = LongStream.concat(
                        LongStream.of(0, layout.length()),
                        random.longs(4, 1, layout.length() / apart).map(cut -> cut * apart))
                .sorted()
                .toArray();
        List<float[]> cut = UpdateRun.train(layout, optimizer, STEPS, SEED, cuts);
        for (int vector = 0; vector < whole.size(); vector++) {
            assertArrayEquals(whole.get(vector), cut.get(vector), "seed " + SEED + ", vector " + vector);
        }
    }

    @Test
    void shouldDecayNoExcludedVariable() {
        Optimizer plain = Optimizers.sgd(0.1).momentum(0.5);
        Optimizer decaying = plain.with(new OptimizerOptions(
                OptimizerOptions.Semantics.KERAS3,
                0.1,
                List.of("^bias$"),
                null,
                null,
                null,
                false,
                0.99,
                null,
                null,
                null,
                0));
        float[] without =
                UpdateRun.train(layout, plain, 1, SEED, 0, layout.length()).get(0);
        float[] with =
                UpdateRun.train(layout, decaying, 1, SEED, 0, layout.length()).get(0);
        assertFalse(without[0] == with[0]);
        for (int i = 1408; i < 1428; i++) {
            assertEquals(without[i], with[i]);
        }
        assertFalse(without[1440] == with[1440]);
    }

    private ParameterLayout withFirst(UpdateRule rule, boolean constrained) {
        List<ParameterSpec> specs = new ArrayList<>(layout.parameters());
        ParameterSpec first = specs.get(0);
        specs.set(
                0,
                new ParameterSpec(
                        first.path(),
                        first.checkpointKey(),
                        first.shape(),
                        first.initializer(),
                        first.offset(),
                        rule,
                        null,
                        constrained ? new MaxNorm(1, List.of(0)) : null));
        return new ParameterLayout(specs, layout.length());
    }

    @Test
    void shouldLeaveFrozenVariablesAndAverageStatistics() {
        Optimizer adam = Optimizers.adam(0.1).with(OptimizerOptions.DEFAULT.globalClipnorm(0.1));
        long end = layout.length();
        float[] first = UpdateRun.train(layout, adam, 0, SEED, 0, end).get(0);
        float[] frozen = UpdateRun.train(withFirst(new UpdateRule.Frozen(), false), adam, 1, SEED, 0, end)
                .get(0);
        assertEquals(first[5], frozen[5]);
        assertFalse(first[1440] == frozen[1440]);
        // Two steps tell apart what the gradients are: momentum 1 keeps, momentum 0 takes the mean.
        float[] kept = UpdateRun.train(withFirst(new UpdateRule.MovingAverage(1), false), adam, 2, SEED, 0, end)
                .get(0);
        float[] taken = UpdateRun.train(withFirst(new UpdateRule.MovingAverage(0), false), adam, 2, SEED, 0, 16, end)
                .get(0);
        float[] mixed = UpdateRun.train(withFirst(new UpdateRule.MovingAverage(0.75), false), adam, 1, SEED, 0, end)
                .get(0);
        float[] mean = UpdateRun.train(withFirst(new UpdateRule.MovingAverage(0), false), adam, 1, SEED, 0, end)
                .get(0);
        assertEquals(first[5], kept[5]);
        assertFalse(first[5] == taken[5]);
        assertEquals(first[5] * 0.75f + mean[5] * 0.25f, mixed[5]);
    }

    @Test
    void shouldCutBetweenBlocksOfSquaresWhenNormsAreSummedUp() {
        UpdatePlan plan = new UpdatePlan(layout, Optimizers.sgd(0.1).with(OptimizerOptions.DEFAULT.clipnorm(1)));
        // Rows of 20 floats begin at a multiple of 16 every fourth time, those of 3 every sixteenth.
        assertEquals(18 + 2 + 1, plan.maxShards());
        for (int shards = 1; shards <= plan.maxShards(); shards++) {
            List<ShardRange> ranges = plan.cut(shards);
            assertTrue(ranges.stream().allMatch(range -> range.offset() % ExactSum.BLOCK == 0), ranges::toString);
            assertEquals(
                    layout.length(),
                    ranges.stream().mapToLong(ShardRange::length).sum());
        }
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> UpdateRun.train(layout, plan.optimizer(), 1, SEED, 0, 20, layout.length()));
        assertTrue(e.getMessage().contains("float 20"), e.getMessage());
    }

    @Test
    void shouldKeepConstrainedVariablesWholeAndWithinTheirNorm() {
        ParameterLayout constrained = withFirst(UpdateRule.OPTIMIZER, true);
        assertEquals(1 + 20 + 5, constrained.maxShards(ParameterLayout.Cuts.ROWS));
        assertEquals(70 + 20 + 5, layout.maxShards(ParameterLayout.Cuts.ROWS));
        assertTrue(constrained.cut(5).stream().noneMatch(r -> r.offset() > 0 && r.offset() < 1400));
        float[] parameters = UpdateRun.train(constrained, Optimizers.sgd(0.1), 2, SEED, 0, 700, layout.length())
                .get(0);
        for (int unit = 0; unit < 20; unit++) {
            double square = 0;
            for (int row = 0; row < 70; row++) {
                square += (double) parameters[row * 20 + unit] * parameters[row * 20 + unit];
            }
            assertTrue(Math.sqrt(square) <= 1 + 1e-6, () -> "norm is above 1, seed " + SEED);
        }
        assertFalse(new UpdatePlan(constrained, Optimizers.sgd(0.1)).isRangewise());
        assertTrue(new UpdatePlan(layout, Optimizers.sgd(0.1)).isRangewise());
        assertEquals(0f, new NonNeg().element(-1f));
    }
}
