package io.covey.trainer.engine;

import io.covey.trainer.engine.MemoryPlan.Lifetime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class MemoryPlanTest {
    private static final long SEED = 2;
    private static final int TRIALS = 200;
    private static final int TIMES = 20;

    private static Lifetime draw(SplittableRandom random) {
        int from = random.nextInt(TIMES);
        int to = from + random.nextInt(TIMES);
        int pause = random.nextBoolean() ? from + 1 + random.nextInt(to - from + 1) : to + 1;
        int again = pause > to ? pause : pause + random.nextInt(to - pause + 1);
        return new Lifetime(Role.VALUE, random.nextInt(100), from, to, pause, again);
    }

    private static boolean meet(Lifetime a, Lifetime b) {
        for (int time = 0; time < 2 * TIMES; time++) {
            if (a.isAt(time) && b.isAt(time)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void shouldKeepBuffersApartWhenTheyAreNeededAtOneTime() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < TRIALS; trial++) {
            List<Lifetime> lifetimes = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(30); i++) {
                lifetimes.add(draw(random));
            }
            for (MemoryPlan plan :
                    List.of(MemoryPlan.of(lifetimes), MemoryPlan.of(lifetimes).withoutReuse())) {
                assertApart(plan);
            }
        }
    }

    private static void assertApart(MemoryPlan plan) {
        for (int i = 0; i < plan.lifetimes().size(); i++) {
            Lifetime a = plan.lifetimes().get(i);
            long from = plan.offsets().get(i);
            assertTrue(from + a.length() <= plan.length(), plan + ", seed " + SEED);
            for (int j = 0; j < i; j++) {
                Lifetime b = plan.lifetimes().get(j);
                long other = plan.offsets().get(j);
                boolean apart = from + a.length() <= other || other + b.length() <= from;
                assertTrue(apart || !meet(a, b), i + " and " + j + " of " + plan + ", seed " + SEED);
            }
        }
    }

    @Test
    void shouldTakeNoMoreThanThePeakWhenOneFollowsAnother() {
        MemoryPlan plan = MemoryPlan.of(List.of(
                new Lifetime(Role.VALUE, 32, 0, 1),
                new Lifetime(Role.GRADIENT, 16, 2, 3),
                new Lifetime(Role.SCRATCH, 16, 0, 5, 1, 4),
                new Lifetime(Role.VALUE, 16, 2, 3)));
        assertEquals(48, plan.length());
        assertEquals(32 * Float.BYTES, plan.peakBytes());
    }
}
