package io.covey.trainer.engine.loss;

import io.covey.trainer.CoveyException;
import io.covey.trainer.engine.Tensor;
import java.nio.FloatBuffer;

/** The mask of an output, one number for each position that has a loss of its own. */
final class PositionMask {
    private final FloatBuffer source;
    private final float[] given;
    private final float[] values;
    private final float[] weighted;

    /** @param mask of the first axes of the positions: each of its numbers stands for equally many of them */
    PositionMask(Tensor mask, int positions) {
        if (positions % mask.size() != 0) {
            throw CoveyException.caller(
                    "the output's mask " + mask + " does not fit a loss of " + positions + " positions");
        }
        source = mask.values().buffer();
        given = new float[mask.size()];
        values = new float[positions];
        weighted = new float[positions];
    }

    /** Reads the mask of a run; {@code weights} are those of the positions, or null. */
    void load(float[] weights) {
        source.get(0, given);
        int repeats = values.length / given.length;
        for (int position = 0; position < values.length; position++) {
            values[position] = given[position / repeats];
            weighted[position] = weights == null ? values[position] : values[position] * weights[position];
        }
    }

    /** 1 where a position counts, else 0. */
    float[] values() {
        return values;
    }

    /** The weights of the positions that count, 0 for the others. */
    float[] weighted() {
        return weighted;
    }
}
