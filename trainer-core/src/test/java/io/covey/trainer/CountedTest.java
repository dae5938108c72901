package io.covey.trainer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(60)
class CountedTest {
    @Test
    void shouldTakeThePluralUnlessThereIsOne() {
        assertEquals("0 workers", Counted.of(0, "worker"));
        assertEquals("1 server shard", Counted.of(1, "server shard"));
        assertEquals("55,000 samples", Counted.of(55_000, "sample"));
    }
}
