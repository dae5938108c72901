package io.covey.trainer.losses;

/**
 * {@code e^2 / 2} for errors {@code |e| <= delta}, else {@code delta |e| - delta^2 / 2}.
 *
 * @param delta as a float32
 */
record HuberElement(float delta) implements ElementLoss {
    @Override
    public double value(float t, float p) {
        double error = Math.abs((double) p - t);
        return error <= delta ? 0.5 * error * error : delta * error - 0.5 * delta * delta;
    }

    @Override
    public double derivative(float t, float p) {
        double error = (double) p - t;
        // TensorFlow differentiates both branches and multiplies the other's by 0: NaN for an infinite error.
        return Math.abs(error) <= delta ? error : delta * Math.signum(error) + 0 * error;
    }
}
