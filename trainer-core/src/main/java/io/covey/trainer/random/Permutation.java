package io.covey.trainer.random;

/**
 * A random bijection of [0, n) that needs no memory: a Feistel network over the next even power of two, walked until the
 * value falls below n (Black and Rogaway: Ciphers with arbitrary finite domains, 2002).
 */
public final class Permutation {
    private static final int ROUNDS = 4;

    private final long size;
    private final int halfBits;
    private final long halfMask;
    private final CounterRandom random;

    private Permutation(long size, CounterRandom random) {
        this.size = size;
        this.random = random;
        int bits = size <= 1 ? 0 : 64 - Long.numberOfLeadingZeros(size - 1);
        this.halfBits = Math.max(1, (bits + 1) / 2);
        this.halfMask = (1L << halfBits) - 1;
    }

    /**
     * A permutation of [0, size) drawn by {@code random}.
     *
     * @param size at least 0
     */
    public static Permutation of(long size, CounterRandom random) {
        if (size < 0) {
            throw new IllegalArgumentException("size " + size + " is negative");
        }
        return new Permutation(size, random);
    }

    /** Where {@code index} in [0, size) goes. */
    public long apply(long index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index " + index + " is outside [0, " + size + ")");
        }
        long value = index;
        do {
            value = encrypt(value);
        } while (value >= size);
        return value;
    }

    private long encrypt(long value) {
        long left = value >>> halfBits;
        long right = value & halfMask;
        for (int round = 0; round < ROUNDS; round++) {
            long next = left ^ (random.bits(((long) round << 60) ^ right) & halfMask);
            left = right;
            right = next;
        }
        return (left << halfBits) | right;
    }
}
