package io.covey.trainer.model;

import java.io.Serializable;

/** How a step changes a variable. */
public sealed interface UpdateRule extends Serializable {
    /** The rule of trained variables. */
    UpdateRule OPTIMIZER = new Optimized();

    /** By the optimizer, from the mean of the gradient. */
    record Optimized() implements UpdateRule {}

    /**
     * {@code w = momentum * w + (1 - momentum) * mean}, the mean over all samples standing in the gradient's place.
     *
     * @param momentum weight of the old value
     */
    record MovingAverage(double momentum) implements UpdateRule {}

    /** Not at all. */
    record Frozen() implements UpdateRule {}
}
