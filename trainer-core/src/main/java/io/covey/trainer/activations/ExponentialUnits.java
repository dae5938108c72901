package io.covey.trainer.activations;

/**
 * Exponential linear units. {@code exp(x) - 1} is formed in floats, as TensorFlow does: just below 0 it is 0, and the
 * derivative then is that of the linear side.
 */
public final class ExponentialUnits {
    /** Klambauer, Unterthiner, Mayr, Hochreiter: Self-normalizing neural networks, NIPS 2017. */
    private static final double SELU_ALPHA = 1.6732632423543772;

    private static final double SELU_SCALE = 1.0507009873554805;

    private ExponentialUnits() {}

    /** {@code x} above 0, {@code alpha * (exp(x) - 1)} below. */
    public static ElementwiseFunction elu(double alpha) {
        return ElementwiseFunction.of(
                x -> x > 0 ? x : alpha * (x < 0 ? expMinus1(x) : x),
                x -> x > 0 ? 1 : alpha * (expMinus1(x) < 0 ? expMinus1(x) + 1 : 1));
    }

    /** Scaled elu that keeps mean 0 and variance 1. */
    public static ElementwiseFunction selu() {
        return ElementwiseFunction.of(
                x -> SELU_SCALE * (x < 0 ? SELU_ALPHA * expMinus1(x) : x),
                x -> SELU_SCALE * (x < 0 && expMinus1(x) < 0 ? SELU_ALPHA * (expMinus1(x) + 1) : 1));
    }

    /** {@code max(x, 0) + alpha * (exp(min(x, 0) / alpha) - 1)}; at 0 both parts count in the derivative, as in Keras. */
    public static ElementwiseFunction celu(double alpha) {
        return ElementwiseFunction.of(
                x -> Math.max(x, 0) + alpha * Math.expm1(Math.min(x, 0) / alpha),
                x -> (x >= 0 ? 1 : 0) + (x <= 0 ? Math.exp(x / alpha) : 0));
    }

    private static float expMinus1(double x) {
        return (float) Math.exp(x) - 1f;
    }
}
