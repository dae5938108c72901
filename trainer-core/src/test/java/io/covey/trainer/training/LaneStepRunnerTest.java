package io.covey.trainer.training;

import com.sun.management.ThreadMXBean;
import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.Column;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.InputLayer;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.WeightsHash;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Samples;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class LaneStepRunnerTest {
    private static final long SEED = 3;
    private static final float RATE = 0.05f;
    private static final LeafListener IGNORE = (step, leaf, metrics) -> {};

    private final Model model = Models.mlp(List.of(5, 7), 24, 16, 10);
    private final Samples samples = Samples.random(203, 35, 10, SEED);

    private TrainingSpec spec(int batchSize, int virtualShards) {
        DataPlan plan = new DataPlan(203, batchSize, virtualShards, true, SEED);
        return new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy")),
                new Sgd(RATE),
                1 / 255f,
                plan,
                null,
                null,
                SEED);
    }

    private static EpochPlan epoch(TrainingSpec spec, int epoch) {
        long steps = spec.train().stepsPerEpoch();
        return new EpochPlan(epoch, epoch * steps, (epoch + 1) * steps, epoch * steps, RATE);
    }

    private String hashAfterTwoEpochs(TrainingSpec spec, int lanes, boolean updateOnLanes) {
        try (LaneStepRunner runner = new LaneStepRunner(spec, samples.shards(spec.train()), lanes);
                LocalGradientExchange exchange = updateOnLanes
                        ? new LocalGradientExchange(spec, runner.lanes())
                        : new LocalGradientExchange(spec)) {
            for (int epoch = 0; epoch < 2; epoch++) {
                EpochPlan plan = epoch(spec, epoch);
                assertEquals(plan.endStep(), runner.train(plan, exchange, IGNORE, () -> false));
            }
            return WeightsHash.sha256(model.layout(), exchange.parameters());
        }
    }

    @Test
    void shouldGiveSameBitsForAnyNumberOfLanes() {
        for (TrainingSpec spec : List.of(spec(32, 4), spec(32, 5), spec(7, 7))) {
            String expected = hashAfterTwoEpochs(spec, 1, false);
            for (int lanes = 1; lanes <= 4; lanes++) {
                assertEquals(expected, hashAfterTwoEpochs(spec, lanes, true), spec.train() + ", " + lanes + " lanes");
            }
        }
    }

    @Test
    void shouldGiveSameBitsForAnyNumberOfLanesWhenStatesGoFromBatchToBatch() {
        Layer stateful = LayerTypes.create("GRU", Map.of("units", 6, "stateful", true));
        Model recurrent = Model.sequential(
                new InputLayer(null, List.of(5, 7)).batchSize(29), stateful, new Dense(10, Activation.SOFTMAX));
        TrainingSpec spec = new TrainingSpec(
                recurrent,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy()),
                new Sgd(RATE),
                1 / 255f,
                new DataPlan(203, 29, 4, false, SEED),
                null,
                null,
                SEED);
        Set<String> ends = new HashSet<>();
        for (int lanes = 1; lanes <= 4; lanes++) {
            try (LayerStates states = LayerStates.zero(recurrent);
                    LaneStepRunner runner = new LaneStepRunner(spec, samples.shards(spec.train()), lanes, 1, states);
                    LocalGradientExchange exchange = new LocalGradientExchange(spec)) {
                runner.train(epoch(spec, 0), exchange, IGNORE, () -> false);
                runner.evaluate(DataSplit.TRAIN, exchange, IGNORE);
                runner.train(epoch(spec, 1), exchange, IGNORE, () -> false);
                ends.add(WeightsHash.sha256(recurrent.layout(), exchange.parameters()) + states.encode());
            }
        }
        assertEquals(1, ends.size());
    }

    @Test
    void shouldKeepEachRowsStatesWhenABatchIsCutIntoMicroBatches() {
        Layer stateful = LayerTypes.create("LSTM", Map.of("units", 3, "stateful", true));
        int batch = 6;
        Model recurrent = Model.sequential(
                new InputLayer(null, List.of(4096, 60)).batchSize(batch), stateful, new Dense(10, Activation.SOFTMAX));
        CompileOptions compile = CompileOptions.of(Losses.sparseCategoricalCrossentropy());
        assertEquals(2, MicroBatches.of(recurrent, compile).count(batch));
        DataPlan plan = new DataPlan(batch, batch, 1, false, SEED);
        TrainingSpec spec = new TrainingSpec(recurrent, compile, new Sgd(0), 1 / 255f, plan, null, null, SEED);
        List<VirtualShard> shards =
                Samples.random(batch, recurrent.inputSize(), 10, SEED).shards(plan);
        try (LayerStates states = LayerStates.zero(recurrent);
                LaneStepRunner runner = new LaneStepRunner(spec, shards, 1, 1, states);
                LocalGradientExchange exchange = new LocalGradientExchange(spec)) {
            runner.evaluate(DataSplit.TRAIN, exchange, IGNORE);
            try (FlatSnapshot whole = FlatSnapshot.decode(states.encode())) {
                states.reset();
                runner.train(new EpochPlan(0, 0, 1, 0, 0), exchange, IGNORE, () -> false);
                try (FlatSnapshot cut = FlatSnapshot.decode(states.encode())) {
                    int length = (int) whole.weights().length();
                    assertEquals(2 * 3 * batch, length);
                    assertArrayEquals(
                            whole.weights().get(0, length), cut.weights().get(0, length), 1e-5f);
                }
            }
        }
    }

    @Test
    void shouldGiveSameBitsWhenShardsAreSplitBetweenRunners() {
        TrainingSpec spec = spec(32, 5);
        List<VirtualShard> shards = samples.shards(spec.train());
        try (LaneStepRunner all = new LaneStepRunner(spec, shards, 1);
                LaneStepRunner some = new LaneStepRunner(spec, List.of(shards.get(4), shards.get(0)), 2);
                LaneStepRunner rest =
                        new LaneStepRunner(spec, List.of(shards.get(1), shards.get(3), shards.get(2)), 2);
                LocalGradientExchange expected = new LocalGradientExchange(spec);
                LocalGradientExchange actual = new LocalGradientExchange(spec)) {
            for (long step = 0; step < spec.train().stepsPerEpoch(); step++) {
                EpochPlan one = new EpochPlan(0, step, step + 1, 0, RATE);
                all.train(one, expected, IGNORE, () -> false);
                GradientExchange withoutPull = new PushOnly(actual);
                rest.train(one, withoutPull, IGNORE, () -> false);
                some.train(one, withoutPull, IGNORE, () -> false);
                actual.pull(step);
            }
            assertEquals(
                    WeightsHash.sha256(model.layout(), expected.parameters()),
                    WeightsHash.sha256(model.layout(), actual.parameters()));
        }
    }

    /** One worker's view of an exchange that several share. */
    private record PushOnly(LocalGradientExchange exchange) implements GradientExchange {
        @Override
        public NativeFloats parameters() {
            return exchange.parameters();
        }

        @Override
        public void push(long step, int node, NativeFloats sum, int samples, float rate, boolean lastStep) {
            exchange.push(step, node, sum, samples, rate, lastStep);
        }

        @Override
        public boolean pull(long step) {
            return false;
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldGiveSameBitsForBlocksOfFloats() {
        TrainingSpec spec = spec(32, 2);
        List<VirtualShard> shards = samples.shards(spec.train()).stream()
                .map(shard -> new VirtualShard(shard.index(), asFloats(shard.train()), null, null))
                .toList();
        try (LaneStepRunner runner = new LaneStepRunner(spec, shards, 1);
                LocalGradientExchange exchange = new LocalGradientExchange(spec)) {
            runner.train(epoch(spec, 0), exchange, IGNORE, () -> false);
            runner.train(epoch(spec, 1), exchange, IGNORE, () -> false);
            assertEquals(hashAfterTwoEpochs(spec, 1, false), WeightsHash.sha256(model.layout(), exchange.parameters()));
        }
    }

    private static SampleBlock asFloats(SampleBlock bytes) {
        Column pixels = bytes.inputs().get(0);
        float[] floats = new float[pixels.length()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = pixels.get(i);
        }
        return new SampleBlock(
                bytes.rows(),
                List.of(new Column.Floats(pixels.width(), floats)),
                bytes.targets(),
                bytes.sampleWeights());
    }

    @Test
    void shouldReportEveryLeafInOrderAfterEachPull() {
        TrainingSpec spec = spec(32, 4);
        try (LaneStepRunner runner = new LaneStepRunner(spec, samples.shards(spec.train()), 2);
                LocalGradientExchange exchange = new LocalGradientExchange(spec)) {
            List<String> heard = new ArrayList<>();
            EpochPlan fromMiddle = new EpochPlan(1, 7 + 5, 14, 7, RATE);
            runner.train(
                    fromMiddle,
                    exchange,
                    (step, leaf, metrics) ->
                            heard.add(step + ":" + leaf + ":" + (int) metrics.get(StateLayout.SAMPLES)),
                    () -> false);
            // 203 rows: the last step has 11, of which the first shard takes 8 and the second 3.
            assertEquals(List.of("5:0:8", "5:1:8", "5:2:8", "5:3:8", "6:0:8", "6:1:3", "6:2:0", "6:3:0"), heard);
        }
    }

    @Test
    void shouldEndAfterTheStepInWhichStopIsTrue() {
        TrainingSpec spec = spec(32, 4);
        try (LaneStepRunner runner = new LaneStepRunner(spec, samples.shards(spec.train()), 1);
                LocalGradientExchange exchange = new LocalGradientExchange(spec)) {
            int[] asked = new int[1];
            assertEquals(3, runner.train(epoch(spec, 0), exchange, IGNORE, () -> ++asked[0] == 3));
            assertEquals(7, runner.train(new EpochPlan(0, 3, 7, 0, RATE), exchange, IGNORE, () -> false));
        }
    }

    @Test
    void shouldEndWithTheListenersException() {
        TrainingSpec spec = spec(32, 4);
        RuntimeException cause = new RuntimeException("listener");
        try (LaneStepRunner runner = new LaneStepRunner(spec, samples.shards(spec.train()), 2);
                LocalGradientExchange exchange = new LocalGradientExchange(spec)) {
            assertSame(
                    cause,
                    assertThrows(
                            RuntimeException.class,
                            () -> runner.train(
                                    epoch(spec, 0),
                                    exchange,
                                    (step, leaf, metrics) -> {
                                        throw cause;
                                    },
                                    () -> false)));
        }
    }

    @Test
    void shouldRefuseDataThatDoesNotFit() {
        TrainingSpec spec = spec(32, 2);
        int row = 150;
        samples.labels()[row] = 10;
        assertRefused(
                spec,
                samples.shards(spec.train()),
                "train data: row 150 has label 10, labels must be in [0, 9] for a model with 10 outputs");
        samples.labels()[row] = 0;
        DataPlan two = new DataPlan(2, 2, 1, false, SEED);
        TrainingSpec ofTwo = new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy()),
                new Sgd(RATE),
                1,
                two,
                null,
                null,
                SEED);
        SampleBlock fractions = new SampleBlock(
                2,
                List.of(new Column.Bytes(35, new byte[70])),
                List.of(new Column.Floats(1, new float[] {9, 2.5f})),
                null);
        assertRefused(
                ofTwo,
                List.of(new VirtualShard(0, fractions, null, null)),
                "train data: row 1 has label 2.5, labels must be integers in [0, 9] for a model with 10 outputs");
        List<VirtualShard> shards = samples.shards(spec.train());
        assertRefused(
                spec,
                List.of(new VirtualShard(0, shards.get(0).train(), null, null), new VirtualShard(1, null, null, null)),
                "train data: virtual shard 1 holds 0 rows, the plan of 203 rows gives it 96");
        int rows = (int) spec.train().shardRows(0);
        assertRefused(
                spec,
                List.of(new VirtualShard(0, new SampleBlock(3, new byte[rows * 3], new int[rows]), null, null)),
                "train data has 3 features per row, the model's input_shape [5, 7] needs 35");
    }

    private static void assertRefused(TrainingSpec spec, List<VirtualShard> shards, String message) {
        CoveyException e = assertThrows(CoveyException.class, () -> new LaneStepRunner(spec, shards, 1));
        assertEquals(CoveyException.Category.CALLER, e.category());
        assertEquals(message, e.getMessage());
    }

    @Test
    void shouldAllocateNothingOnTheHeapPerStep() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        TrainingSpec spec = spec(4, 4);
        try (LaneStepRunner runner = new LaneStepRunner(spec, samples.shards(spec.train()), 2);
                LocalGradientExchange exchange = new LocalGradientExchange(spec, runner.lanes())) {
            long[] helper = new long[1];
            runner.lanes()
                    .run(lane -> helper[0] = lane == 1 ? Thread.currentThread().getId() : helper[0]);
            long[] bytes = new long[2];
            long[] helperBytes = new long[2];
            for (int epoch = 0; epoch < 40; epoch++) {
                // The first steps build the programs; epochs of 50 and 1 steps differ by what 49 steps allocate.
                long before = threads.getCurrentThreadAllocatedBytes();
                long helperBefore = threads.getThreadAllocatedBytes(helper[0]);
                runner.train(new EpochPlan(0, 0, epoch % 2 == 0 ? 50 : 1, 0, RATE), exchange, IGNORE, () -> false);
                bytes[epoch % 2] = threads.getCurrentThreadAllocatedBytes() - before;
                helperBytes[epoch % 2] = threads.getThreadAllocatedBytes(helper[0]) - helperBefore;
            }
            // The smallest object of Java has 16 bytes: less than 49 of them is not one per step.
            assertTrue(bytes[0] - bytes[1] < 49 * 16, bytes[0] + " bytes for 50 steps, " + bytes[1] + " for 1");
            assertTrue(helperBytes[0] < 49 * 16, helperBytes[0] + " bytes for 50 steps on lane 1");
        }
    }
}
