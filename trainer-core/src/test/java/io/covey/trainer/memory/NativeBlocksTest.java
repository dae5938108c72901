package io.covey.trainer.memory;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(20)
class NativeBlocksTest {
    private static final int LENGTH = 8;
    private static final int ROUNDS = 20_000;

    /** Windows this far apart begin their search at the same place of the table. */
    private static final long SAME_PLACE = 64L << 30;

    /** Finds the window of an address, at which there need not be any memory: nothing is copied. */
    private static void touch(NativeBlocks blocks, long address) {
        blocks.read(address, new float[0], 0);
    }

    @Test
    void shouldNotAllocateWhenTwoWindowsBeginAtTheSamePlaceOfTheTable() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        NativeBlocks blocks = new NativeBlocks();
        float[] array = new float[LENGTH];
        try (NativeFloats memory = NativeFloats.allocate(LENGTH)) {
            long least = Long.MAX_VALUE;
            for (int attempt = 0; attempt < 5; attempt++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int round = 0; round < ROUNDS; round++) {
                    blocks.read(memory.address(), array, LENGTH);
                    blocks.read(memory.address() + SAME_PLACE, array, 0);
                    blocks.read(memory.address() + 2 * SAME_PLACE, array, 0);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertEquals(0, least / ROUNDS, least + " bytes in " + ROUNDS + " rounds");
        }
    }

    @Test
    void shouldCopyToTheRightAddressWhenOthersHaveTheWindowsPlace() {
        NativeBlocks blocks = new NativeBlocks();
        float[] numbers = {1, 2, 3, 4, 5, 6, 7, 8};
        try (NativeFloats memory = NativeFloats.allocate(LENGTH)) {
            touch(blocks, memory.address() + SAME_PLACE);
            touch(blocks, memory.address() + 2 * SAME_PLACE);
            blocks.write(memory.address(), numbers, LENGTH);
            assertArrayEquals(numbers, memory.get(0, LENGTH));
        }
    }

    @Test
    void shouldCopyToTheRightAddressWhenTheTableIsFull() {
        NativeBlocks blocks = new NativeBlocks();
        float[] numbers = {1, 2, 3, 4, 5, 6, 7, 8};
        try (NativeFloats memory = NativeFloats.allocate(LENGTH)) {
            for (long other = 1; other <= 100; other++) {
                touch(blocks, memory.address() + (other << 30));
            }
            blocks.write(memory.address(), numbers, LENGTH);
            assertArrayEquals(numbers, memory.get(0, LENGTH));
        }
    }

    @Test
    void shouldCopyAllWhenAnArrayIsLongerThanABlock() {
        NativeBlocks blocks = new NativeBlocks();
        float[] numbers = new float[NativeBlocks.MAX_LENGTH + LENGTH];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        try (NativeFloats memory = NativeFloats.allocate(numbers.length)) {
            blocks.writeAll(memory.address(), numbers);
            float[] read = new float[numbers.length];
            blocks.readAll(memory.address(), read);
            assertArrayEquals(numbers, read);
        }
    }

    @Test
    void shouldRefuseAnAddressInsideANumber() {
        assertThrows(IllegalArgumentException.class, () -> touch(new NativeBlocks(), 4097));
    }
}
