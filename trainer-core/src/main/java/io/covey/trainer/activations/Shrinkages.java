package io.covey.trainer.activations;

/** Activations that pull towards zero. */
public final class Shrinkages {
    /** Keras' threshold. */
    public static final double THRESHOLD_DEFAULT = 0.5;

    private Shrinkages() {}

    /** {@code x} beyond the threshold on either side, 0 between. */
    public static ElementwiseFunction hardShrink(double threshold) {
        return ElementwiseFunction.of(x -> Math.abs(x) > threshold ? x : 0, x -> Math.abs(x) > threshold ? 1 : 0);
    }

    /** {@code x} moved towards 0 by the threshold, 0 within it. */
    public static ElementwiseFunction softShrink(double threshold) {
        return ElementwiseFunction.of(
                x -> x > threshold ? x - threshold : x < -threshold ? x + threshold : 0,
                x -> Math.abs(x) > threshold ? 1 : 0);
    }

    /** {@code x - tanh(x)}. */
    public static ElementwiseFunction tanhShrink() {
        return ElementwiseFunction.of(x -> x - Math.tanh(x), x -> Math.tanh(x) * Math.tanh(x));
    }
}
