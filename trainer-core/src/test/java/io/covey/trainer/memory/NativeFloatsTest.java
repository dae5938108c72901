package io.covey.trainer.memory;

import io.covey.trainer.CoveyException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class NativeFloatsTest {
    private static final int BORDER = 3;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, 10_000})
    void shouldFillAllNumbersAndNoOthersWhenThatIsAskedForAPart(int length) {
        try (NativeFloats whole = NativeFloats.allocate(length + 2 * BORDER)) {
            whole.slice(BORDER, length).fill(0.1f);
            float[] values = whole.get(0, length + 2 * BORDER);
            for (int i = 0; i < values.length; i++) {
                boolean isInside = i >= BORDER && i < BORDER + length;
                assertEquals(isInside ? 0.1f : 0f, values[i], "number " + i);
            }
        }
    }

    @Test
    void shouldFailWithAMessageWhenThereIsNotSoMuchMemory() {
        long floats = 1L << 45;
        CoveyException e = assertThrows(CoveyException.class, () -> NativeFloats.allocateUnset(floats));

        assertEquals(CoveyException.Category.FAILURE, e.category());
        assertNull(e.getCause());
        assertTrue(
                e.getMessage().startsWith("the machine has no 134,217,728 MB of memory outside the heap"),
                e.getMessage());
    }
}
