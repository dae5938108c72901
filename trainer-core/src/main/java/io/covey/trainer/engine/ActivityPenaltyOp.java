package io.covey.trainer.engine;

import io.covey.trainer.regularizers.L1L2;
import java.nio.FloatBuffer;

/**
 * The penalty on a layer's output. Keras divides it by the batch's size, as it does the loss: here both are sums over
 * samples. Works in any format: padding is 0.
 */
final class ActivityPenaltyOp implements Op {
    private static final int BLOCK_FLOATS = 1024;

    private final L1L2 regularizer;
    private final int size;
    private final FloatBuffer output;
    private final FloatBuffer gradient;
    private final boolean isConsumed;
    private final float[] block = new float[BLOCK_FLOATS];
    private final float[] gradientBlock = new float[BLOCK_FLOATS];
    private double value;

    /** @param isConsumed whether a consumer of the output writes its gradient before */
    ActivityPenaltyOp(L1L2 regularizer, Signal out, boolean isConsumed) {
        this.regularizer = regularizer;
        this.isConsumed = isConsumed;
        output = out.value().values().buffer();
        gradient = out.gradient() == null ? null : out.gradient().values().buffer();
        size = output.capacity();
    }

    /** The penalty of the last run, summed over samples. */
    double value() {
        return value;
    }

    @Override
    public void forward() {
        double absolute = 0;
        double square = 0;
        for (int done = 0; done < size; done += BLOCK_FLOATS) {
            int n = Math.min(BLOCK_FLOATS, size - done);
            output.get(done, block, 0, n);
            for (int i = 0; i < n; i++) {
                double y = block[i];
                absolute += Math.abs(y);
                square += y * y;
            }
        }
        value = regularizer.l1() * absolute + regularizer.l2() * square;
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (gradient == null) {
            return;
        }
        for (int done = 0; done < size; done += BLOCK_FLOATS) {
            int n = Math.min(BLOCK_FLOATS, size - done);
            output.get(done, block, 0, n);
            gradient.get(done, gradientBlock, 0, n);
            for (int i = 0; i < n; i++) {
                gradientBlock[i] = (isConsumed ? gradientBlock[i] : 0f)
                        + regularizer.l1() * Math.signum(block[i])
                        + 2 * regularizer.l2() * block[i];
            }
            gradient.put(done, gradientBlock, 0, n);
        }
    }
}
