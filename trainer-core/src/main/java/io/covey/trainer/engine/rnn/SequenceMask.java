package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Which step's state an output shows. A masked step leaves the states as they are, and its output is that of the step before,
 * or zero.
 */
final class SequenceMask {
    /** The output is zero. */
    static final int NONE = -1;

    private final int rows;
    private final int steps;
    private final boolean reversed;
    private final boolean zeroes;
    private final FloatBuffer mask;
    private final float[] values;
    private final int[] sources;
    private final int[] last;

    /**
     * A mask.
     *
     * @param mask (rows, steps), null where no step is masked
     * @param reversed whether the steps are processed from the last to the first
     * @param zeroes whether the output of a masked step is zero
     */
    SequenceMask(Tensor mask, int rows, int steps, boolean reversed, boolean zeroes) {
        this.rows = rows;
        this.steps = steps;
        this.reversed = reversed;
        this.zeroes = zeroes;
        this.mask = mask == null ? null : mask.values().buffer();
        values = mask == null ? null : new float[rows * steps];
        sources = mask == null ? null : new int[rows * steps];
        last = new int[rows];
    }

    boolean exists() {
        return mask != null;
    }

    /** Reads the mask of a run. */
    void load() {
        if (mask == null) {
            return;
        }
        mask.get(0, values);
        Arrays.fill(last, NONE);
        for (int step = 0; step < steps; step++) {
            for (int row = 0; row < rows; row++) {
                if (!isMasked(step, row)) {
                    last[row] = step;
                }
                sources[step * rows + row] = isMasked(step, row) && zeroes ? NONE : last[row];
            }
        }
    }

    /** Whether a step, in the order of processing, is left out in a row. */
    boolean isMasked(int step, int row) {
        return mask != null && values[row * steps + (reversed ? steps - 1 - step : step)] == 0f;
    }

    /** The step whose state is the output of {@code step} in a row, or {@link #NONE}. */
    int source(int step, int row) {
        return mask == null ? step : sources[step * rows + row];
    }
}
