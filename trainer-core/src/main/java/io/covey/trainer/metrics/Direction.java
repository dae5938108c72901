package io.covey.trainer.metrics;

/** Which results of a metric are better: Keras' {@code _direction}. */
public enum Direction {
    /** Larger ones, as of accuracies. */
    UP,
    /** Smaller ones, as of errors. */
    DOWN,
    /** Keras' metric does not say, as counts. */
    NONE
}
