package io.covey.trainer.callbacks;

/** What a callback can see and change of the run that it belongs to: Keras' {@code self.model} and {@code self.params}. */
public interface Training {
    /** Number of epochs asked for. */
    int epochs();

    /** Steps per epoch. */
    long steps();

    double learningRate();

    /** Takes effect at the next epoch, in every process. */
    void setLearningRate(double learningRate);

    /** Ends training after this epoch, as Keras' {@code model.stop_training = True}. */
    void stopTraining();
}
