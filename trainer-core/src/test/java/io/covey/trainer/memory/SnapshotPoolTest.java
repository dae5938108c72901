package io.covey.trainer.memory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

@Timeout(60)
class SnapshotPoolTest {
    private static NativeFloats floats(float... values) {
        NativeFloats floats = NativeFloats.allocate(values.length);
        floats.put(0, values);
        return floats;
    }

    @Test
    void shouldKeepTheNumbersOfTheMomentWhenTheSourceChanges() {
        try (SnapshotPool pool = new SnapshotPool();
                NativeFloats source = floats(1, 2, 3)) {
            NativeFloats first = pool.copyOf(source);
            source.put(0, new float[] {4, 5, 6});
            NativeFloats second = pool.copyOf(source);
            assertArrayEquals(new float[] {1, 2, 3}, first.get(0, 3));
            assertArrayEquals(new float[] {4, 5, 6}, second.get(0, 3));
            pool.release(first);
            pool.release(second);
        }
    }

    @Test
    void shouldCopyIntoTheSameMemoryOnceItIsReleased() {
        try (SnapshotPool pool = new SnapshotPool();
                NativeFloats source = floats(1, 2, 3);
                NativeFloats other = floats(7, 8)) {
            NativeFloats first = pool.copyOf(source);
            NativeFloats inUse = pool.copyOf(source);
            assertNotEquals(first.address(), inUse.address());
            long address = first.address();
            pool.release(first);
            assertEquals(address, pool.copyOf(source).address());
            NativeFloats shorter = pool.copyOf(other);
            assertArrayEquals(new float[] {7, 8}, shorter.get(0, 2));
            pool.release(inUse);
            pool.release(shorter);
        }
    }

    @Test
    void shouldTakeBackWhatIsReleasedAfterClose() {
        SnapshotPool pool = new SnapshotPool();
        try (NativeFloats source = floats(1, 2, 3)) {
            NativeFloats copy = pool.copyOf(source);
            pool.close();
            assertArrayEquals(new float[] {1, 2, 3}, copy.get(0, 3));
            pool.release(copy);
            pool.close();
        }
    }
}
