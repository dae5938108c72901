package io.covey.trainer.losses;

/**
 * Binary cross-entropy of logits, {@code max(z, 0) - z t + log(1 + e^-|z|)}, without clipping.
 *
 * @param labelSmoothing moves the targets towards 1/2: {@code t (1 - s) + s / 2}
 */
record BinaryLogitsElement(float labelSmoothing) implements ElementLoss {
    @Override
    public double value(float yTrue, float z) {
        double t = BinaryCrossentropyElement.smooth(yTrue, labelSmoothing);
        return Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs((double) z)));
    }

    @Override
    public double derivative(float yTrue, float z) {
        return Stable.sigmoid(z) - BinaryCrossentropyElement.smooth(yTrue, labelSmoothing);
    }
}
