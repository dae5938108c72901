package io.covey.trainer.losses;

/**
 * {@code -t log(p) - (1 - t) log(1 - p)} with probabilities clipped to [epsilon, 1 - epsilon].
 *
 * @param labelSmoothing moves the targets towards 1/2: {@code t (1 - s) + s / 2}
 */
record BinaryCrossentropyElement(float labelSmoothing) implements ElementLoss {
    @Override
    public double value(float yTrue, float yPred) {
        float t = smooth(yTrue, labelSmoothing);
        float p = PositionLoss.clip(yPred, PositionLoss.EPSILON, PositionLoss.ONE_MINUS_EPSILON);
        return -(t * Math.log(p) + (1f - t) * Math.log(1f - p));
    }

    @Override
    public double derivative(float yTrue, float yPred) {
        if (!PositionLoss.passesClip(yPred, PositionLoss.EPSILON, PositionLoss.ONE_MINUS_EPSILON)) {
            return 0;
        }
        double t = smooth(yTrue, labelSmoothing);
        return (1 - t) / (1f - yPred) - t / yPred;
    }

    static float smooth(float t, float smoothing) {
        return smoothing == 0 ? t : t * (1f - smoothing) + 0.5f * smoothing;
    }
}
