package io.covey.trainer.random;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class PermutationTest {
    @Test
    void shouldHitEveryValueOnceForAnySize() {
        for (int size = 0; size < 300; size++) {
            assertBijection(size);
        }
        assertBijection(55_000);
        assertBijection(1 << 16);
        assertBijection((1 << 16) + 1);
    }

    private static void assertBijection(int size) {
        Permutation permutation = Permutation.of(size, CounterRandom.of(1, size));
        BitSet hit = new BitSet();
        for (int i = 0; i < size; i++) {
            hit.set((int) permutation.apply(i));
        }
        assertEquals(size, hit.cardinality());
        assertEquals(size, hit.length());
    }

    @Test
    void shouldMoveMostValuesAndDifferBetweenKeys() {
        Permutation one = Permutation.of(10_000, CounterRandom.of(1, 1));
        Permutation two = Permutation.of(10_000, CounterRandom.of(1, 2));
        int inPlace = 0;
        int equal = 0;
        long displacement = 0;
        for (int i = 0; i < 10_000; i++) {
            inPlace += one.apply(i) == i ? 1 : 0;
            equal += one.apply(i) == two.apply(i) ? 1 : 0;
            displacement += Math.abs(one.apply(i) - i);
        }
        assertTrue(inPlace < 20, inPlace + " of 10000 in place");
        assertTrue(equal < 20, equal + " of 10000 equal");
        assertEquals(3333, displacement / 10_000.0, 100); // A random permutation moves by n / 3 on average.
    }

    @Test
    void shouldRefuseIndexOutsideOfItsDomain() {
        Permutation permutation = Permutation.of(5, CounterRandom.of(1));
        assertThrows(IndexOutOfBoundsException.class, () -> permutation.apply(5));
        assertThrows(IndexOutOfBoundsException.class, () -> permutation.apply(-1));
    }
}
