package io.covey.server.coordinator;

import io.covey.server.control.Progress;
import io.covey.trainer.CoveyException;
import io.covey.trainer.objective.MetricState;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class PassProgressTest {
    private static final long COMMAND = 4;
    private static final List<Integer> OWNERS = List.of(0, 0, 1, 2);
    private static final int STEPS = 500;
    private static final int STATE_LENGTH = 2;

    private final PassProgress pass = new PassProgress(OWNERS.size(), STATE_LENGTH, 10, 10 + STEPS);
    private final MetricState sums = MetricState.zero(STATE_LENGTH);

    @BeforeEach
    void begin() {
        pass.runBy(COMMAND);
    }

    private static Progress progress(long command, long step, int leaf, double... sums) {
        Progress progress = new Progress(command, sums.length);
        progress.add(step, leaf, MetricState.of(sums));
        return progress;
    }

    private static double value(long step, int leaf, int index) {
        return new Random(step * 31 + leaf * 7L + index).nextDouble();
    }

    private void report(int worker, long step) {
        for (int leaf = 0; leaf < OWNERS.size(); leaf++) {
            if (OWNERS.get(leaf) == worker) {
                pass.add(worker, progress(COMMAND, step, leaf, value(step, leaf, 0), value(step, leaf, 1)));
            }
        }
    }

    @Test
    void shouldAddInAscendingLeafOrderHoweverFarWorkersAreApart() {
        for (int worker = 2; worker >= 0; worker--) {
            for (long step = 10; step < 10 + STEPS; step++) {
                assertFalse(pass.isStepComplete());
                report(worker, step);
                if (worker == 0) {
                    assertTrue(pass.poll(sums));
                    for (int k = 0; k < STATE_LENGTH; k++) {
                        double expected = 0;
                        for (int leaf = 0; leaf < OWNERS.size(); leaf++) {
                            expected += value(step, leaf, k);
                        }
                        assertEquals(expected, sums.get(k));
                    }
                    assertEquals(step + 1, pass.nextStep());
                }
            }
        }
        assertFalse(pass.poll(sums));
        assertEquals(List.of(), pass.missingLeaves());
        assertEquals(0, pass.buffered());
    }

    @Test
    void shouldSayWhichVirtualShardsOfTheNextStepAreMissing() {
        assertEquals(List.of(0, 1, 2, 3), pass.missingLeaves());
        report(1, 11);
        assertEquals(List.of(0, 1, 2, 3), pass.missingLeaves());
        report(0, 10);
        report(2, 10);
        assertEquals(List.of(2), pass.missingLeaves());
        assertFalse(pass.poll(sums));
    }

    @Test
    void shouldDropWhatBelongsToAnEarlierPass() {
        pass.add(0, progress(COMMAND - 1, 10, 0, 1, 1));
        assertEquals(0, pass.buffered());
    }

    @Test
    void shouldRefuseWhatIsNotDue() {
        report(0, 10);
        for (Progress wrong : List.of(
                progress(COMMAND, 10, 0, 1, 1), // twice
                progress(COMMAND, 9, 0, 1, 1), // before the pass
                progress(COMMAND, 10 + STEPS, 0, 1, 1), // after the pass
                progress(COMMAND, 11, 4, 1, 1), // nobody's
                progress(COMMAND, 11, 0, 1, 1, 1))) { // of other metrics
            CoveyException thrown = assertThrows(CoveyException.class, () -> pass.add(0, wrong), wrong::toString);
            assertTrue(thrown.getMessage().startsWith("worker 0 reported"), thrown.getMessage());
        }
    }

    @Test
    void shouldDropRepeatsWhenAnotherCommandRunsThePass() {
        report(0, 10);
        report(1, 10);
        pass.runBy(COMMAND + 1);
        pass.add(0, progress(COMMAND + 1, 10, 0, -1, -1));
        pass.add(1, progress(COMMAND + 1, 10, 3, value(10, 3, 0), value(10, 3, 1)));
        assertTrue(pass.isCompleteBefore(11));
        assertFalse(pass.isCompleteBefore(12));
        assertTrue(pass.poll(sums));
        assertEquals(value(10, 0, 0) + value(10, 1, 0) + value(10, 2, 0) + value(10, 3, 0), sums.get(0));
        pass.add(0, progress(COMMAND + 1, 10, 0, 5, 5));
        assertEquals(0, pass.buffered());
    }
}
