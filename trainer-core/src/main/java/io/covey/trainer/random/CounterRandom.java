package io.covey.trainer.random;

/**
 * A stateless random generator: value {@code i} of the stream named by (seed, keys...) is a hash of all of them.
 *
 * <p>The mixing function is SplitMix64's finalizer (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
 * OOPSLA 2014), applied once per key and once to the counter.
 */
public final class CounterRandom {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long key;

    private CounterRandom(long key) {
        this.key = key;
    }

    /** A key for {@link #uniform(long, long)}, the same stream as {@link #of} without an object. */
    public static long key(long seed, long key1, long key2, long key3) {
        long key = mix(seed + GOLDEN_GAMMA);
        key = mix((key ^ key1) + GOLDEN_GAMMA);
        key = mix((key ^ key2) + GOLDEN_GAMMA);
        return mix((key ^ key3) + GOLDEN_GAMMA);
    }

    /** Value {@code counter} of the stream with this key: uniform in [0, 1) with 24 random bits. */
    public static float uniform(long key, long counter) {
        return (mix(mix(key + counter * GOLDEN_GAMMA) ^ key) >>> 40) * 0x1p-24f;
    }

    /** The stream named by {@code seed} and {@code keys}, for example (seed, epoch, step, virtual shard, layer). */
    public static CounterRandom of(long seed, long... keys) {
        long key = mix(seed + GOLDEN_GAMMA);
        for (long k : keys) {
            key = mix((key ^ k) + GOLDEN_GAMMA);
        }
        return new CounterRandom(key);
    }

    /** 64 random bits: value {@code counter} of this stream. */
    public long bits(long counter) {
        return mix(mix(key + counter * GOLDEN_GAMMA) ^ key);
    }

    /** Uniform in [0, 1) with 24 random bits, the resolution of a float. */
    public float uniform(long counter) {
        return (bits(counter) >>> 40) * 0x1p-24f;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
