package io.covey.trainer.memory;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
}
