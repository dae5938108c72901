package io.covey.trainer.losses;

/**
 * Moves targets towards the uniform distribution, {@code t (1 - s) + s / classes}, in float32.
 *
 * @param kept factor of a target
 * @param added what each target gains
 */
record LabelSmoothing(float kept, float added) {
    /** @param smoothing 0 for none to 1 for uniform targets */
    static LabelSmoothing of(double smoothing, int classes) {
        return new LabelSmoothing((float) (1 - smoothing), (float) smoothing / classes);
    }

    float target(float yTrue) {
        return yTrue * kept + added;
    }
}
