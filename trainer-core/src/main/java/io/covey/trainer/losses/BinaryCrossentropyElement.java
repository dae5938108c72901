package io.covey.trainer.losses;

/** {@code -t log(p) - (1 - t) log(1 - p)} with probabilities clipped to [epsilon, 1 - epsilon]. */
record BinaryCrossentropyElement(LabelSmoothing smoothing) implements ElementLoss {
    @Override
    public double value(float yTrue, float yPred) {
        float t = smoothing.target(yTrue);
        float p = PositionLoss.clip(yPred, PositionLoss.EPSILON, PositionLoss.ONE_MINUS_EPSILON);
        return -(t * Math.log(p) + (1f - t) * Math.log(1f - p));
    }

    @Override
    public double derivative(float yTrue, float yPred) {
        if (!PositionLoss.passesClip(yPred, PositionLoss.EPSILON, PositionLoss.ONE_MINUS_EPSILON)) {
            return 0;
        }
        double t = smoothing.target(yTrue);
        return (1 - t) / (1f - yPred) - t / yPred;
    }
}
