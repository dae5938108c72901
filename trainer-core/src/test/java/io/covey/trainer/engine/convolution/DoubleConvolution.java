package io.covey.trainer.engine.convolution;

import java.util.Arrays;

/** Convolutions over three spatial axes in double precision, straight from the definition. */
final class DoubleConvolution {
    final int rows;
    final int groups;
    final int[] in;
    final int[] out;
    final int inChannels;
    final int outChannels;
    final int[] kernel;
    final int[] strides;
    final int[] dilation;
    final int[] before;

    /**
     * A convolution; each array has three numbers.
     *
     * @param in cells of the input
     * @param out cells of the output
     * @param before cells of padding before the input
     */
    DoubleConvolution(
            int rows,
            int groups,
            int inChannels,
            int outChannels,
            int[] in,
            int[] out,
            int[] kernel,
            int[] strides,
            int[] dilation,
            int[] before) {
        this.rows = rows;
        this.groups = groups;
        this.inChannels = inChannels;
        this.outChannels = outChannels;
        this.in = in;
        this.out = out;
        this.kernel = kernel;
        this.strides = strides;
        this.dilation = dilation;
        this.before = before;
    }

    /** Receives the places of a pair that a kernel's cell connects. */
    private interface Pairs {
        void accept(int inner, int outer, int kernelCell);
    }

    /** All pairs of a cell under the window, {@code inner} in a grid of {@code from}, and its position in {@code to}. */
    private void pairs(int[] from, int[] to, Pairs pairs) {
        int[] k = new int[3];
        int[] o = new int[3];
        for (int row = 0; row < rows; row++) {
            for (int position = 0; position < to[0] * to[1] * to[2]; position++) {
                split(position, to, o);
                for (int cell = 0; cell < kernel[0] * kernel[1] * kernel[2]; cell++) {
                    split(cell, kernel, k);
                    int inner = 0;
                    boolean inside = true;
                    for (int axis = 0; axis < 3; axis++) {
                        int at = o[axis] * strides[axis] + k[axis] * dilation[axis] - before[axis];
                        inside &= at >= 0 && at < from[axis];
                        inner = inner * from[axis] + at;
                    }
                    if (inside) {
                        pairs.accept(
                                row * from[0] * from[1] * from[2] + inner,
                                row * to[0] * to[1] * to[2] + position,
                                cell);
                    }
                }
            }
        }
    }

    private static void split(int place, int[] sizes, int[] target) {
        target[2] = place % sizes[2];
        target[1] = place / sizes[2] % sizes[1];
        target[0] = place / sizes[2] / sizes[1];
    }

    /** @param w (cells, in / groups, out) */
    double[] convolve(double[] x, double[] w) {
        double[] y = new double[rows * out[0] * out[1] * out[2] * outChannels];
        int inGroup = inChannels / groups;
        int outGroup = outChannels / groups;
        pairs(in, out, (inner, outer, cell) -> {
            for (int o = 0; o < outChannels; o++) {
                for (int i = 0; i < inGroup; i++) {
                    y[outer * outChannels + o] += x[inner * inChannels + o / outGroup * inGroup + i]
                            * w[(cell * inGroup + i) * outChannels + o];
                }
            }
        });
        return y;
    }

    /** @param w (cells, out, in) */
    double[] transposed(double[] x, double[] w) {
        double[] y = new double[rows * out[0] * out[1] * out[2] * outChannels];
        pairs(out, in, (inner, outer, cell) -> {
            for (int o = 0; o < outChannels; o++) {
                for (int i = 0; i < inChannels; i++) {
                    y[inner * outChannels + o] +=
                            x[outer * inChannels + i] * w[(cell * outChannels + o) * inChannels + i];
                }
            }
        });
        return y;
    }

    /** Adds a bias and applies a relu, in place. */
    static double[] finish(double[] y, double[] bias, boolean relu) {
        for (int i = 0; i < y.length; i++) {
            double sum = y[i] + (bias == null ? 0 : bias[i % bias.length]);
            y[i] = relu ? Math.max(sum, 0) : sum;
        }
        return y;
    }

    /** The first numbers of {@code values}, with ones before them up to three. */
    static int[] three(int... values) {
        int[] three = new int[3];
        Arrays.fill(three, 1);
        System.arraycopy(values, 0, three, 3 - values.length, values.length);
        return three;
    }
}
