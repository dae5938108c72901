package io.covey.trainer.api;

import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Training;

/** Where the optimizer stands, also when an exception ends a training of the model's own variables. */
final class Position implements Callback {
    private Training training;

    @Override
    public void onTrainBegin(Training newTraining) {
        training = newTraining;
    }

    /** Steps that the optimizer has done, {@code before} if it has done none. */
    long iterations(long before) {
        return training == null ? before : training.iterations();
    }

    /** The learning rate in force, {@code before} if there were no steps. */
    float learningRate(float before) {
        return training == null ? before : (float) training.learningRate();
    }
}
