package io.covey.trainer.losses;

/** Binary cross-entropy of logits, {@code max(z, 0) - z t + log(1 + e^-|z|)}, without clipping. */
record BinaryLogitsElement(LabelSmoothing smoothing) implements ElementLoss {
    @Override
    public double value(float yTrue, float z) {
        double t = smoothing.target(yTrue);
        return Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs((double) z)));
    }

    @Override
    public double derivative(float yTrue, float z) {
        return Stable.sigmoid(z) - smoothing.target(yTrue);
    }
}
