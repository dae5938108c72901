package io.covey.trainer.activations;

/** Sigmoids, and what is made of them. */
public final class SmoothFunctions {
    /** Keras' b of squareplus. */
    public static final double SQUAREPLUS_B_DEFAULT = 4;

    private SmoothFunctions() {}

    public static ElementwiseFunction sigmoid() {
        return ElementwiseFunction.of(SmoothFunctions::sigmoid, x -> sigmoid(x) * sigmoid(-x));
    }

    public static ElementwiseFunction tanh() {
        return ElementwiseFunction.of(Math::tanh, x -> 1 - Math.tanh(x) * Math.tanh(x));
    }

    public static ElementwiseFunction exponential() {
        return ElementwiseFunction.of(Math::exp, Math::exp);
    }

    public static ElementwiseFunction softplus() {
        return ElementwiseFunction.of(SmoothFunctions::softplus, SmoothFunctions::sigmoid);
    }

    public static ElementwiseFunction logSigmoid() {
        return ElementwiseFunction.of(x -> -softplus(-x), x -> sigmoid(-x));
    }

    /** {@code x / (1 + |x|)}. */
    public static ElementwiseFunction softsign() {
        return ElementwiseFunction.of(x -> x / (1 + Math.abs(x)), x -> 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x))));
    }

    /** {@code (x + sqrt(x^2 + b)) / 2}. */
    public static ElementwiseFunction squareplus(double b) {
        return ElementwiseFunction.of(x -> (x + Math.sqrt(x * x + b)) / 2, x -> (1 + x / Math.sqrt(x * x + b)) / 2);
    }

    /** {@code x * sigmoid(x)}, also called swish. */
    public static ElementwiseFunction silu() {
        return ElementwiseFunction.of(x -> x * sigmoid(x), x -> sigmoid(x) * (1 + x * sigmoid(-x)));
    }

    /** {@code x * tanh(softplus(x))}. */
    public static ElementwiseFunction mish() {
        return ElementwiseFunction.of(x -> x * Math.tanh(softplus(x)), x -> {
            double tanh = Math.tanh(softplus(x));
            return tanh + x * (1 - tanh * tanh) * sigmoid(x);
        });
    }

    private static double sigmoid(double x) {
        // The exponential of a negative number cannot overflow.
        double e = Math.exp(-Math.abs(x));
        return x >= 0 ? 1 / (1 + e) : e / (1 + e);
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
