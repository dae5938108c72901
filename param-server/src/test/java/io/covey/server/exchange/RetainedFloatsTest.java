package io.covey.server.exchange;

import io.covey.server.frame.ChunkedRange;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ShardRange;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class RetainedFloatsTest {
    private static final int LENGTH = 48;
    private static final int CHUNK = 16;
    private static final int FIRST_STEP = 7;

    private final ChunkedRange range = new ChunkedRange(new ShardRange(0, 0, LENGTH), CHUNK);
    private final NativeFloats vector = NativeFloats.allocate(LENGTH);
    private final NativeFloats copy = NativeFloats.allocate(LENGTH);
    private final RetainedFloats retained = new RetainedFloats(range, vector);

    @BeforeEach
    void begin() {
        assertFalse(retained.holds(FIRST_STEP), "nothing is known yet");
        vector.put(0, numbers(LENGTH, FIRST_STEP));
        retained.reset(FIRST_STEP);
    }

    @AfterEach
    void free() {
        retained.close();
        vector.close();
        copy.close();
    }

    /** The step in work overwrites chunks with the number of the next step. */
    private void overwrite(long step, int fromChunk, int toChunk) {
        for (int chunk = fromChunk; chunk < toChunk; chunk++) {
            retained.save(chunk);
            vector.put(range.start(chunk), numbers(range.length(chunk), step + 1));
        }
    }

    private static float[] numbers(int count, long number) {
        float[] values = new float[count];
        Arrays.fill(values, (float) number);
        return values;
    }

    private void assertHolds(long step) {
        assertTrue(retained.holds(step), "step " + step);
        retained.copyTo(copy, step);
        assertArrayEquals(numbers(LENGTH, step), copy.get(0, LENGTH));
    }

    @Test
    void shouldGiveTheStateBeforeAStepThatIsHalfDone() {
        assertHolds(FIRST_STEP);
        assertFalse(retained.holds(FIRST_STEP - 1), "the first state has none before it");
        overwrite(FIRST_STEP, 0, 2);
        assertHolds(FIRST_STEP);
    }

    @Test
    void shouldGiveTheLastTwoStatesBetweenSteps() {
        overwrite(FIRST_STEP, 0, range.chunks());
        retained.advance(FIRST_STEP + 1);
        assertHolds(FIRST_STEP + 1);
        assertHolds(FIRST_STEP);
        assertFalse(retained.holds(FIRST_STEP + 2));
    }

    @Test
    void shouldForgetTheOlderStateWhenTheNextStepBegins() {
        overwrite(FIRST_STEP, 0, range.chunks());
        retained.advance(FIRST_STEP + 1);
        overwrite(FIRST_STEP + 1, 1, 2);
        assertHolds(FIRST_STEP + 1);
        assertFalse(retained.holds(FIRST_STEP));
    }
}
