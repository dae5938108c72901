package io.covey.server.membership;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/** Random schedules of faults: the same bits, no deadlock, every wait ends. */
@Timeout(300)
class MembershipPropertyTest {
    private static final int SCHEDULES = 5000;

    @Test
    void shouldEndWithTheSameBitsWhateverTheScheduleIs() {
        Map<String, Integer> ends = new TreeMap<>();
        int changes = 0;
        int rollbacks = 0;
        int restored = 0;
        for (long seed = 0; seed < SCHEDULES; seed++) {
            try {
                Simulation simulation = new Simulation(seed);
                String failure = simulation.run();
                ends.merge(failure == null ? "done" : reason(failure), 1, Integer::sum);
                changes += simulation.changes;
                rollbacks += simulation.rollbacks;
                restored += simulation.restored;
            } catch (RuntimeException e) {
                fail("seed " + seed, e);
            }
        }
        // Too few workers are the only reason not to get there.
        assertEquals(SCHEDULES, ends.getOrDefault("done", 0) + ends.getOrDefault("too few", 0), ends::toString);
        String seen = ends + ", " + changes + " changes, " + rollbacks + " rollbacks, " + restored + " restored";
        assertTrue(ends.get("done") > SCHEDULES / 2 && changes > SCHEDULES && rollbacks > 100 && restored > 1000, seen);
    }

    private static String reason(String failure) {
        return failure.contains("left of cluster.min_workers") || failure.contains("have registered")
                ? "too few"
                : failure;
    }
}
