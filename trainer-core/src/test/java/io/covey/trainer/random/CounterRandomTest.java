package io.covey.trainer.random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class CounterRandomTest {
    @Test
    void shouldDependOnAllKeysAndTheirOrder() {
        long bits = CounterRandom.of(1, 2, 3).bits(4);
        assertEquals(bits, CounterRandom.of(1, 2, 3).bits(4));
        assertNotEquals(bits, CounterRandom.of(1, 3, 2).bits(4));
        assertNotEquals(bits, CounterRandom.of(2, 2, 3).bits(4));
        assertNotEquals(bits, CounterRandom.of(1, 2).bits(4));
        assertNotEquals(bits, CounterRandom.of(1, 2, 3).bits(5));
    }

    @Test
    void shouldBeUniform() {
        CounterRandom random = CounterRandom.of(42, 1);
        int n = 100_000;
        double sum = 0;
        double sumOfSquares = 0;
        double products = 0;
        for (int i = 0; i < n; i++) {
            double u = random.uniform(i);
            assertTrue(u >= 0 && u < 1);
            sum += u;
            sumOfSquares += u * u;
            products += u * random.uniform(i + 1);
        }
        double mean = sum / n;
        assertEquals(0.5, mean, 0.005);
        assertEquals(1 / 12.0, sumOfSquares / n - mean * mean, 0.002);
        assertEquals(0.25, products / n, 0.005); // Neighbours are uncorrelated.
    }
}
