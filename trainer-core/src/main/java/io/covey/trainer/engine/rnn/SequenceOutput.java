package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.Signal;
import java.nio.FloatBuffer;

/**
 * Where a recurrent layer's output goes: a signal, or some columns of it.
 *
 * @param signal (rows, steps, width) or, without a time axis, (rows, width)
 * @param firstColumn of the layer's units
 * @param reversed whether the first step that is processed comes last on the time axis
 * @param consumed whether anybody writes the signal's gradient
 */
record SequenceOutput(Signal signal, int firstColumn, boolean reversed, boolean consumed) {
    boolean hasTime() {
        return signal.value().shape().length == 3;
    }

    FloatBuffer values() {
        return signal.value().values().buffer();
    }

    /** Null where there is none. */
    FloatBuffer gradients() {
        return consumed && signal.gradient() != null
                ? signal.gradient().values().buffer()
                : null;
    }

    /** Index of a row's first number in a step, in the order of processing. */
    int index(int step, int row) {
        int width = signal.value().width();
        if (!hasTime()) {
            return row * width + firstColumn;
        }
        int steps = signal.value().shape()[1];
        return (row * steps + (reversed ? steps - 1 - step : step)) * width + firstColumn;
    }
}
