package io.covey.trainer.losses;

/**
 * Binary focal cross-entropy {@code w (1 - pt)^gamma bce(t, p)} with {@code pt = t p + (1 - t)(1 - p)}, of probabilities,
 * clipped in the cross-entropy only, or of logits without clipping.
 *
 * @param alpha weight of class 1, {@code w = t alpha + (1 - t)(1 - alpha)}; NaN for w = 1
 */
record BinaryFocalElement(
        double alpha, double gamma, boolean fromLogits, LabelSmoothing smoothing, ElementLoss crossentropy)
        implements ElementLoss {

    BinaryFocalElement(double alpha, double gamma, boolean fromLogits, LabelSmoothing smoothing) {
        this(
                alpha,
                gamma,
                fromLogits,
                smoothing,
                fromLogits ? new BinaryLogitsElement(smoothing) : new BinaryCrossentropyElement(smoothing));
    }

    @Override
    public double value(float yTrue, float yPred) {
        return weight(smoothing.target(yTrue)) * Math.pow(rest(yTrue, yPred), gamma) * crossentropy.value(yTrue, yPred);
    }

    @Override
    public double derivative(float yTrue, float yPred) {
        double t = smoothing.target(yTrue);
        double rest = rest(yTrue, yPred);
        double p = probability(yPred);
        double inner = fromLogits ? p * (1 - p) : 1;
        double ofPower = gamma * Math.pow(rest, gamma - 1) * crossentropy.value(yTrue, yPred);
        // Both targets' terms, as TensorFlow adds them: NaN where an exponent below 1 makes the power infinite.
        double ofRest = (ofPower * (1 - t) - ofPower * t) * inner;
        return weight(t) * (ofRest + Math.pow(rest, gamma) * crossentropy.derivative(yTrue, yPred));
    }

    /** {@code 1 - pt}, in float32: with exponents below 1 it matters where it becomes 0. */
    private double rest(float yTrue, float yPred) {
        float t = smoothing.target(yTrue);
        float p = probability(yPred);
        return 1f - (t * p + (1f - t) * (1f - p));
    }

    private float probability(float yPred) {
        return fromLogits ? (float) Stable.sigmoid(yPred) : yPred;
    }

    private double weight(double t) {
        return Double.isNaN(alpha) ? 1 : t * alpha + (1 - t) * (1 - alpha);
    }
}
