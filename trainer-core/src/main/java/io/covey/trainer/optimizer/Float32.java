package io.covey.trainer.optimizer;

/** Scalars as Keras computes them in float32. */
final class Float32 {
    private Float32() {}

    /**
     * {@code base}, not negative, to the power of {@code exponent}. In double precision, whose error of |exponent * log(base)|
     * units in its last place no rounding to a float shows; {@link StrictMath#pow} makes objects.
     */
    static float power(float base, float exponent) {
        return exponent == 0 ? 1f : (float) StrictMath.exp(exponent * StrictMath.log(base));
    }

    /** {@code base} to the power of a number of steps. */
    static float power(float base, long steps) {
        return power(base, (float) steps);
    }

    static float root(float value) {
        return (float) Math.sqrt(value);
    }

    /** {@code value}, which is not negative, or 0 where it is denormal, as processors compute for TensorFlow. */
    static float flushed(float value) {
        return value < Float.MIN_NORMAL ? 0f : value;
    }

    /** {@code 1 - share}: Keras 3 subtracts in Python, Keras 2 in float32. */
    static float complement(double share, boolean keras2) {
        return keras2 ? 1f - (float) share : (float) (1 - share);
    }
}
