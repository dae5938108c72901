package io.covey.trainer.losses;

/** A loss of single elements, of which a position's loss is the mean. */
interface ElementLoss {
    double value(float yTrue, float yPred);

    /** The derivative of the value by {@code yPred}. */
    double derivative(float yTrue, float yPred);
}
