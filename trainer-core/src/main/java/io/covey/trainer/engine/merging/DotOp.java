package io.covey.trainer.engine.merging;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.merging.Dot;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Matrix products of samples in C order, whose summed axis lies anywhere. */
final class DotOp implements Op {
    private final Factor left;
    private final Factor right;
    private final int rows;
    private final FloatBuffer output;
    private final FloatBuffer outputGradient;
    private final float[] y;

    /** One of the two tensors: as many vectors along the summed axis as it has other numbers. */
    private static final class Factor {
        private static final double NORM_EPSILON = 1e-7;

        private final int length;
        private final int stride;
        private final int vectors;
        private final boolean normalize;
        private final FloatBuffer input;
        private final FloatBuffer gradient;
        private final float[] x;
        private final float[] g;
        private final double[] scales;

        Factor(Dot layer, int index, Signal in) {
            int[] shape = in.value().shape();
            int axis = layer.axis(index, shape.length - 1) + 1;
            length = shape[axis];
            int inner = 1;
            for (int i = axis + 1; i < shape.length; i++) {
                inner *= shape[i];
            }
            stride = inner;
            int size = in.value().size() / shape[0];
            vectors = size / length;
            normalize = layer.isNormalized();
            input = in.value().values().buffer();
            gradient = in.gradient() == null ? null : in.gradient().values().buffer();
            x = new float[size];
            g = new float[size];
            scales = new double[vectors];
        }

        /** Index of a vector's first number. */
        int first(int vector) {
            return vector / stride * stride * length + vector % stride;
        }

        void read(int row) {
            input.get(row * x.length, x);
            Arrays.fill(g, 0f);
            for (int v = 0; normalize && v < vectors; v++) {
                double squares = 0;
                for (int k = 0; k < length; k++) {
                    double value = x[first(v) + k * stride];
                    squares += value * value;
                }
                scales[v] = Math.min(1 / Math.sqrt(squares), 1 / NORM_EPSILON);
                for (int k = 0; k < length; k++) {
                    x[first(v) + k * stride] *= (float) scales[v];
                }
            }
        }

        /** Turns the gradient of the vectors of length 1 into that of the input: the part along a vector has no effect. */
        void write(int row) {
            for (int v = 0; normalize && v < vectors; v++) {
                double along = 0;
                for (int k = 0; k < length; k++) {
                    along += (double) x[first(v) + k * stride] * g[first(v) + k * stride];
                }
                double part = scales[v] < 1 / NORM_EPSILON ? along : 0;
                for (int k = 0; k < length; k++) {
                    int i = first(v) + k * stride;
                    g[i] = (float) (scales[v] * (g[i] - part * x[i]));
                }
            }
            gradient.put(row * g.length, g);
        }
    }

    DotOp(Dot layer, Signal leftIn, Signal rightIn, Signal out) {
        left = new Factor(layer, 0, leftIn);
        right = new Factor(layer, 1, rightIn);
        rows = out.value().rows();
        output = out.value().values().buffer();
        outputGradient = out.gradient() == null ? null : out.gradient().values().buffer();
        y = new float[out.value().size() / rows];
    }

    @Override
    public void forward() {
        for (int row = 0; row < rows; row++) {
            left.read(row);
            right.read(row);
            for (int i = 0; i < y.length; i++) {
                int a = left.first(i / right.vectors);
                int b = right.first(i % right.vectors);
                double sum = 0;
                for (int k = 0; k < left.length; k++) {
                    sum += (double) left.x[a + k * left.stride] * right.x[b + k * right.stride];
                }
                y[i] = (float) sum;
            }
            output.put(row * y.length, y);
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (outputGradient == null) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            left.read(row);
            right.read(row);
            outputGradient.get(row * y.length, y);
            for (int i = 0; i < y.length; i++) {
                int a = left.first(i / right.vectors);
                int b = right.first(i % right.vectors);
                for (int k = 0; k < left.length; k++) {
                    left.g[a + k * left.stride] += y[i] * right.x[b + k * right.stride];
                    right.g[b + k * right.stride] += y[i] * left.x[a + k * left.stride];
                }
            }
            if (left.gradient != null) {
                left.write(row);
            }
            if (right.gradient != null) {
                right.write(row);
            }
        }
    }
}
