package io.covey.trainer.initializers;

import io.covey.trainer.random.CounterRandom;

/** Standard normal numbers as functions of (stream, index), by Box and Muller's transform of two uniform numbers. */
final class NormalNumbers {
    private static final double TRUNCATED_AT = 2;
    private static final double TWO_TO_MINUS_32 = 0x1p-32;

    private NormalNumbers() {}

    static double normal(CounterRandom random, long index) {
        return ofBits(random.bits(index));
    }

    /** The first of the index's numbers that is within two standard deviations; about one in 22 is not. */
    static double truncated(CounterRandom random, long index) {
        // Draw k of an index has the counter (k << 48) + index: no variable has that many elements.
        for (long counter = index; ; counter += 1L << 48) {
            double normal = ofBits(random.bits(counter));
            if (Math.abs(normal) < TRUNCATED_AT) {
                return normal;
            }
        }
    }

    private static double ofBits(long bits) {
        double radius = ((bits >>> 32) + 0.5) * TWO_TO_MINUS_32;
        double angle = (bits & 0xFFFFFFFFL) * TWO_TO_MINUS_32;
        return StrictMath.sqrt(-2 * StrictMath.log(radius)) * StrictMath.cos(2 * Math.PI * angle);
    }
}
