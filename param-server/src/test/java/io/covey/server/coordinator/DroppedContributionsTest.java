package io.covey.server.coordinator;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DroppedContributionsTest {
    private final DroppedContributions dropped = new DroppedContributions();

    @Test
    void shouldSayNothingWhenNoMemberCounts() {
        dropped.add(new TreeMap<>(), 10);
        assertFalse(dropped.areCounted());
    }

    @Test
    void shouldAddUpThePassesOfAnEpochAndBeginAnewAfterIt() {
        dropped.add(new TreeMap<>(Map.of(0, 1L, 2, 9L)), 10);
        dropped.add(new TreeMap<>(), 10);
        dropped.add(new TreeMap<>(Map.of(0, 4L, 3, 6L)), 10);
        assertEquals("in 20 steps 5 of w0, 9 of w2, 6 of w3", dropped.describe(w -> "w" + w));
        assertEquals(0.45, dropped.shareOfSlowest());
        dropped.reset();
        assertTrue(dropped.areCounted());
        assertEquals(0, dropped.shareOfSlowest());
        dropped.add(new TreeMap<>(Map.of(2, 3L)), 4);
        assertEquals("in 4 steps 0 of w0, 3 of w2, 0 of w3", dropped.describe(w -> "w" + w));
        assertEquals(0.75, dropped.shareOfSlowest());
    }
}
