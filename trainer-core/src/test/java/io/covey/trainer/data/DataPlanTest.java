package io.covey.trainer.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class DataPlanTest {
    private static final long SEED = 5;

    @Test
    void shouldGiveEveryRowOnePlaceForAnyPlan() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 300; round++) {
            int batch = random.nextInt(1, 40);
            DataPlan plan = new DataPlan(
                    random.nextInt(1, 400), batch, random.nextInt(1, batch + 1), random.nextBoolean(), round);
            String message = "seed " + SEED + " round " + round + ": " + plan;
            DataPlan.Dealer dealer = plan.dealer();
            List<Set<Long>> slots = new ArrayList<>();
            for (int v = 0; v < plan.virtualShards(); v++) {
                slots.add(new HashSet<>());
            }
            for (long row = 0; row < plan.rows(); row++) {
                int shard = dealer.shard(row);
                assertEquals(shard, plan.shardOf(row), message);
                long slot = dealer.slot(row);
                assertTrue(slot >= 0 && slot < plan.shardRows(shard), message);
                assertTrue(slots.get(shard).add(slot), message);
            }
            for (int v = 0; v < plan.virtualShards(); v++) {
                assertEquals(plan.shardRows(v), slots.get(v).size(), message);
            }
        }
    }

    @Test
    void shouldTrainEveryRowOnceAnEpochForAnyPlan() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 300; round++) {
            int batch = random.nextInt(1, 40);
            DataPlan plan = new DataPlan(
                    random.nextInt(1, 400), batch, random.nextInt(1, batch + 1), random.nextBoolean(), round);
            String message = "seed " + SEED + " round " + round + ": " + plan;
            long rowsOfSteps = 0;
            for (int v = 0; v < plan.virtualShards(); v++) {
                DataPlan.EpochOrder order = plan.epochOrder(v, round);
                Set<Long> trained = new HashSet<>();
                for (long step = 0; step < plan.stepsPerEpoch(); step++) {
                    int rows = plan.microBatchRows(v, step);
                    assertTrue(rows <= plan.microBatchSize(v), message);
                    for (int i = 0; i < rows; i++) {
                        assertTrue(trained.add(order.slot(step * plan.microBatchSize(v) + i)), message);
                    }
                    rowsOfSteps += rows;
                }
                assertEquals(plan.shardRows(v), trained.size(), message);
            }
            assertEquals(plan.rows(), rowsOfSteps, message);
        }
    }

    @Test
    void shouldKeepKerasOrderWhenNotShuffled() {
        DataPlan plan = new DataPlan(70, 32, 4, false, 1);
        DataPlan.Dealer dealer = plan.dealer();
        for (long row = 0; row < 70; row++) {
            assertEquals((int) (row % 32) / 8, dealer.shard(row));
            assertEquals(row / 32 * 8 + row % 8, dealer.slot(row));
        }
        assertEquals(3, plan.stepsPerEpoch());
        assertArrayEquals(
                new long[] {6, 0, 0, 0},
                LongStream.range(0, 4).map(v -> plan.microBatchRows((int) v, 2)).toArray());
    }

    @Test
    void shouldPermuteAnewInEveryEpochWhenShuffled() {
        DataPlan plan = new DataPlan(1_000, 32, 2, true, 1);
        assertNotEquals(order(plan, 0), order(plan, 1));
        assertEquals(order(plan, 1), order(plan, 1));
        assertFalse(order(plan, 0).equals(order(new DataPlan(1_000, 32, 2, true, 2), 0)));
        assertEquals(order(new DataPlan(1_000, 32, 2, false, 1), 0), order(new DataPlan(1_000, 32, 2, false, 9), 5));
    }

    private static List<Long> order(DataPlan plan, long epoch) {
        DataPlan.EpochOrder order = plan.epochOrder(1, epoch);
        return LongStream.range(0, plan.shardRows(1)).map(order::slot).boxed().toList();
    }

    @Test
    void shouldRefuseMoreVirtualShardsThanSamplesInABatch() {
        assertThrows(IllegalArgumentException.class, () -> new DataPlan(100, 4, 5, true, 1));
        assertThrows(IllegalArgumentException.class, () -> new DataPlan(0, 4, 1, true, 1));
    }
}
