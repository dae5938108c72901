package io.covey.trainer.losses;

import io.covey.trainer.config.Arguments;

/** Makes what computes a loss. */
@FunctionalInterface
interface LossFactory {
    /**
     * @param arguments Keras' arguments
     * @param classes the last axis of the predictions
     */
    LossFunction make(Arguments arguments, int classes);
}
