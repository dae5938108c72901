package io.covey.trainer.activations;

/** {@code x * P(N(0, 1) <= x)}: Hendrycks and Gimpel, Gaussian error linear units, 2016. */
public final class GaussianErrorUnits {
    private static final double CUBIC = 0.044715;
    private static final double TANH_SCALE = Math.sqrt(2 / Math.PI);

    /** Beyond it 1 - erf(x) is below a double's resolution. */
    private static final double ERF_LIMIT = 6;

    private GaussianErrorUnits() {}

    /** With the error function. */
    public static ElementwiseFunction gelu() {
        return ElementwiseFunction.of(x -> x * cumulative(x), x -> cumulative(x) + x * density(x));
    }

    /** {@code 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))}. */
    public static ElementwiseFunction geluByTanh() {
        return ElementwiseFunction.of(x -> 0.5 * x * (1 + Math.tanh(inner(x))), x -> {
            double tanh = Math.tanh(inner(x));
            double slope = TANH_SCALE * (1 + 3 * CUBIC * x * x);
            return 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * slope;
        });
    }

    private static double inner(double x) {
        return TANH_SCALE * (x + CUBIC * x * x * x);
    }

    private static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    private static double cumulative(double x) {
        return 0.5 * (1 + erf(x / Math.sqrt(2)));
    }

    /** {@code 2 / sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!!}: all terms have one sign (Abramowitz and Stegun, 7.1.6). */
    private static double erf(double x) {
        if (!(Math.abs(x) <= ERF_LIMIT)) {
            return Math.signum(x);
        }
        double term = x;
        double sum = 0;
        for (int n = 1; sum + term != sum; n++) {
            sum += term;
            term *= 2 * x * x / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }
}
