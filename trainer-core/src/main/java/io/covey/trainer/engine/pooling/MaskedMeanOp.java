package io.covey.trainer.engine.pooling;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** The mean over the time steps that count; NaN where none does, as in Keras. */
final class MaskedMeanOp implements Op {
    private final int rows;
    private final int steps;
    private final int width;
    private final FloatBuffer in;
    private final FloatBuffer out;
    private final FloatBuffer inGradient;
    private final FloatBuffer outGradient;
    private final FloatBuffer mask;
    private final float[] maskValues;
    private final float[] vector;
    private final float[] sum;

    /**
     * A mean.
     *
     * @param in (rows, steps, width)
     * @param mask (rows, steps)
     * @param out (rows, 1, width)
     */
    MaskedMeanOp(Signal in, Tensor mask, Signal out) {
        int[] shape = in.value().shape();
        rows = shape[0];
        steps = shape[1];
        width = shape[2];
        this.in = in.value().values().buffer();
        this.out = out.value().values().buffer();
        inGradient = in.gradient() == null ? null : in.gradient().values().buffer();
        outGradient = inGradient == null ? null : out.gradient().values().buffer();
        this.mask = mask.values().buffer();
        maskValues = new float[rows * steps];
        vector = new float[width];
        sum = new float[width];
    }

    private float count(int row) {
        float count = 0;
        for (int step = 0; step < steps; step++) {
            count += maskValues[row * steps + step];
        }
        return count;
    }

    @Override
    public void forward() {
        mask.get(0, maskValues);
        for (int row = 0; row < rows; row++) {
            Arrays.fill(sum, 0f);
            for (int step = 0; step < steps; step++) {
                int position = row * steps + step;
                if (maskValues[position] != 0f) {
                    in.get(position * width, vector);
                    for (int i = 0; i < width; i++) {
                        sum[i] += vector[i];
                    }
                }
            }
            float count = count(row);
            for (int i = 0; i < width; i++) {
                sum[i] /= count;
            }
            out.put(row * width, sum);
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (inGradient == null) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            outGradient.get(row * width, sum);
            float count = count(row);
            for (int i = 0; i < width; i++) {
                sum[i] /= count;
            }
            Arrays.fill(vector, 0f);
            for (int step = 0; step < steps; step++) {
                int position = row * steps + step;
                inGradient.put(position * width, maskValues[position] != 0f ? sum : vector);
            }
        }
    }
}
