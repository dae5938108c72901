package io.covey.trainer.activations;

/** Piecewise linear and quadratic activations. */
public final class Rectifiers {
    /** Of the activation; the layer LeakyReLU has another. */
    public static final double LEAKY_RELU_SLOPE_DEFAULT = 0.2;

    private static final double SIX = 6;

    private Rectifiers() {}

    public static ElementwiseFunction linear() {
        return ElementwiseFunction.of(x -> x, x -> 1);
    }

    public static ElementwiseFunction relu() {
        return ElementwiseFunction.of(x -> Math.max(x, 0), x -> x > 0 ? 1 : 0);
    }

    public static ElementwiseFunction relu6() {
        return ElementwiseFunction.of(Rectifiers::clip6, Rectifiers::slope6);
    }

    public static ElementwiseFunction leakyRelu(double negativeSlope) {
        float slope = (float) negativeSlope;
        return ElementwiseFunction.of(x -> x > 0 ? x : slope * x, x -> x > 0 ? 1 : slope);
    }

    /**
     * Keras' relu with all arguments: {@code negative_slope * (x - threshold)} up to the threshold, then {@code x} up to
     * {@code max_value}. Both ends of the linear part belong to it in the derivative, but for relu6 and for 0.
     *
     * @param maxValue infinite for none
     */
    public static ElementwiseFunction relu(double negativeSlope, double maxValue, double threshold) {
        float slope = (float) negativeSlope;
        float max = (float) maxValue;
        float bound = (float) threshold;
        if (threshold == 0 && maxValue == Double.POSITIVE_INFINITY) {
            return negativeSlope == 0 ? relu() : leakyRelu(negativeSlope);
        }
        boolean six = threshold == 0 && maxValue == SIX;
        return ElementwiseFunction.of(
                x -> {
                    double positive = bound == 0 ? Math.max(x, 0) : x > bound ? x : 0;
                    double clipped = Float.isInfinite(max) ? positive : Math.min(Math.max(positive, 0), max);
                    return slope == 0 ? clipped : clipped - slope * Math.max(bound - x, 0);
                },
                x -> {
                    boolean linear = x > bound && (Float.isInfinite(max) || (six ? x < max : x >= 0 && x <= max));
                    return (linear ? 1 : 0) + (bound - x > 0 ? slope : 0);
                });
    }

    public static ElementwiseFunction threshold(double threshold, double defaultValue) {
        return ElementwiseFunction.of(x -> x > threshold ? x : defaultValue, x -> x > threshold ? 1 : 0);
    }

    /** {@code relu6(x + 3) / 6}, as in Keras 3. */
    public static ElementwiseFunction hardSigmoid() {
        return ElementwiseFunction.of(x -> clip6(x + 3) / SIX, x -> slope6(x + 3) / SIX);
    }

    /** {@code x * hard_sigmoid(x)}. */
    public static ElementwiseFunction hardSilu() {
        return ElementwiseFunction.of(x -> x * clip6(x + 3) / SIX, x -> (clip6(x + 3) + x * slope6(x + 3)) / SIX);
    }

    public static ElementwiseFunction hardTanh() {
        return ElementwiseFunction.of(x -> Math.min(Math.max(x, -1), 1), x -> x >= -1 && x <= 1 ? 1 : 0);
    }

    /** 0 up to -1, a parabola up to 1, then the identity. */
    public static ElementwiseFunction sparsePlus() {
        return ElementwiseFunction.of(
                x -> x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x, x -> x <= -1 ? 0 : x < 1 ? (x + 1) / 2 : 1);
    }

    /** 0 up to -1, linear up to 1, then 1. */
    public static ElementwiseFunction sparseSigmoid() {
        return ElementwiseFunction.of(x -> x <= -1 ? 0 : x >= 1 ? 1 : (x + 1) / 2, x -> x <= -1 || x >= 1 ? 0 : 0.5);
    }

    private static double clip6(double x) {
        return Math.min(Math.max(x, 0), SIX);
    }

    private static double slope6(double x) {
        return x > 0 && x < SIX ? 1 : 0;
    }
}
