package io.covey.server;

import java.util.Random;
import org.agrona.MutableDirectBuffer;

/** Changes that an attacker or a broken machine makes to a frame. */
public final class Mutations {
    private static final int[] EDGES = {0, 1, -1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, Integer.MAX_VALUE, Integer.MIN_VALUE
    };

    private Mutations() {}

    /**
     * Changes 1 to 4 places of {@code frame}, and its length one time in four.
     *
     * @param length of the frame in the buffer
     * @return its new length, at most the buffer's capacity
     */
    public static int mutate(MutableDirectBuffer frame, int length, Random random) {
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            // Headers and counts lie at the start more often than not.
            int reach = random.nextBoolean() ? Math.min(length, 64) : length;
            int index = random.nextInt(reach);
            switch (random.nextInt(4)) {
                case 0 -> frame.putByte(index, (byte) (frame.getByte(index) ^ 1 << random.nextInt(Byte.SIZE)));
                case 1 -> frame.putByte(index, (byte) random.nextInt());
                case 2 -> frame.putShort(Math.min(index, length - 2), (short) EDGES[random.nextInt(EDGES.length)]);
                default -> frame.putInt(Math.min(index, length - 4), EDGES[random.nextInt(EDGES.length)]);
            }
        }
        if (random.nextInt(4) > 0) {
            return length;
        }
        return random.nextBoolean() ? random.nextInt(length) : length + random.nextInt(frame.capacity() - length + 1);
    }
}
