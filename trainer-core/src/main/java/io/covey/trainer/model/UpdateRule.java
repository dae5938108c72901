package io.covey.trainer.model;

import java.io.Serializable;

/** How a variable of the flat vector follows what lies at its place in the gradient vector. */
public sealed interface UpdateRule extends Serializable {
    /** The rule of trainable variables. */
    UpdateRule OPTIMIZER = new Optimizer();

    /** By the optimizer. */
    record Optimizer() implements UpdateRule {}

    /**
     * {@code w = w * momentum + mean * (1 - momentum)}: a statistic whose sums over samples stand in the gradient vector.
     *
     * @param momentum share of the old value, in [0, 1]
     */
    record MovingAverage(double momentum) implements UpdateRule {}

    /** Not at all. */
    record Frozen() implements UpdateRule {}
}
