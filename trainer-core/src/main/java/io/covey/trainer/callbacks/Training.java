package io.covey.trainer.callbacks;

/** What a callback can see and change of the run that it belongs to: Keras' {@code self.model} and {@code self.params}. */
public interface Training {
    /** Number of epochs asked for. */
    int epochs();

    /** Steps per epoch. */
    long steps();

    /** Steps of the current epoch that are done. */
    long stepsDone();

    /** Training samples of the current epoch that are done. */
    long samplesDone();

    /** The learning rate as a float32, which is what Keras keeps. */
    double learningRate();

    /**
     * Takes effect at the next epoch, in every process; from {@link Callback#onEpochBegin} for the epoch that begins.
     *
     * @throws io.covey.trainer.CoveyException a caller's error when negative or not finite
     */
    void setLearningRate(double learningRate);

    /**
     * Ends training after this epoch, as Keras' {@code model.stop_training = True}. From a hook of a batch it ends the epoch
     * at the next step boundary; validation and {@link Callback#onEpochEnd} follow.
     */
    void stopTraining();
}
