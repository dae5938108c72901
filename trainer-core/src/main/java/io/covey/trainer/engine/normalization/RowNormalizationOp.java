package io.covey.trainer.engine.normalization;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.memory.NativeFloats;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * {@code output = gamma * input * r} row by row, {@code r = 1 / sqrt(s)}, s being a measure of the row's size: what oneDNN's
 * normalizations have not. Sums are in double precision.
 */
final class RowNormalizationOp implements Op {
    /** What a row is divided by the root of. */
    enum Size {
        /** {@code mean(x^2) + epsilon}. */
        MEAN_SQUARE,
        /** {@code variance(x) + epsilon}. */
        VARIANCE,
        /** {@code max(sum(x^2), epsilon)}. */
        SUM_OF_SQUARES
    }

    private final Size size;
    private final double epsilon;
    private final int rows;
    private final int width;
    private final ParameterUse gamma;
    private final NativeFloats gammaSum;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer inputGradient;
    private final FloatBuffer outputGradient;
    private final float[] x;
    private final float[] dy;
    private final float[] scale;
    private final double[] dScale;
    private final float[] dScaleFloats;
    private double center;

    /**
     * Fixes the buffers.
     *
     * @param gamma null for none
     * @param gammaSum takes the gradient of gamma; null without gamma or gradient
     * @param in a plain matrix
     * @param out a plain matrix
     */
    RowNormalizationOp(Size size, double epsilon, ParameterUse gamma, NativeFloats gammaSum, Signal in, Signal out) {
        this.size = size;
        this.epsilon = epsilon;
        this.gamma = gamma;
        this.gammaSum = gammaSum;
        rows = in.value().rows();
        width = in.value().width();
        input = buffer(in.value());
        output = buffer(out.value());
        inputGradient = buffer(in.gradient());
        outputGradient = buffer(out.gradient());
        x = new float[width];
        dy = new float[width];
        scale = new float[width];
        dScale = new double[width];
        dScaleFloats = new float[width];
        Arrays.fill(scale, 1f);
    }

    private static FloatBuffer buffer(Tensor tensor) {
        return tensor == null ? null : tensor.values().buffer();
    }

    @Override
    public void forward() {
        if (gamma != null) {
            gamma.parameter().values().get(scale);
        }
        for (int row = 0; row < rows; row++) {
            input.get(row * width, x);
            double r = 1 / Math.sqrt(sizeOfRow());
            for (int i = 0; i < width; i++) {
                x[i] = (float) (x[i] * r * scale[i]);
            }
            output.put(row * width, x);
        }
    }

    /** Measures the row in {@code x}; {@code center} is what the measure's gradient is proportional to {@code x} minus. */
    private double sizeOfRow() {
        double sum = 0;
        if (size == Size.VARIANCE) {
            for (int i = 0; i < width; i++) {
                sum += x[i];
            }
        }
        center = sum / width;
        double squares = 0;
        for (int i = 0; i < width; i++) {
            double d = x[i] - center;
            squares += d * d;
        }
        return size == Size.SUM_OF_SQUARES ? Math.max(squares, epsilon) : squares / width + epsilon;
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (outputGradient == null) {
            return;
        }
        Arrays.fill(dScale, 0);
        for (int row = 0; row < rows; row++) {
            input.get(row * width, x);
            outputGradient.get(row * width, dy);
            double s = sizeOfRow();
            double r = 1 / Math.sqrt(s);
            double product = 0;
            for (int i = 0; i < width; i++) {
                dScale[i] += dy[i] * x[i] * r;
                product += (double) dy[i] * scale[i] * x[i];
            }
            if (inputGradient != null) {
                // Below epsilon the sum of squares has no part in the size.
                boolean isConstant = size == Size.SUM_OF_SQUARES && s <= epsilon;
                int count = size == Size.SUM_OF_SQUARES ? 1 : width;
                double slope = isConstant ? 0 : product * r * r * r / count;
                for (int i = 0; i < width; i++) {
                    dy[i] = (float) (dy[i] * scale[i] * r - (x[i] - center) * slope);
                }
                inputGradient.put(row * width, dy);
            }
        }
        if (gammaSum != null && gamma.isTrainable()) {
            for (int i = 0; i < width; i++) {
                dScaleFloats[i] = (float) dScale[i];
            }
            gammaSum.pointer().put(dScaleFloats);
            gamma.deliver(gammaSum, gradientAddress, accumulate);
        }
    }
}
