package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeBlocks;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.regularizers.OrthogonalRegularizer;
import java.util.Arrays;

/** Value and gradient of an {@link OrthogonalRegularizer} on one variable. Needs the whole matrix, in double precision. */
final class OrthogonalPenalty {
    /** Keras divides by no length below it. */
    private static final double LEAST_LENGTH = 1e-7;

    private final double pairFactor;
    private final int vectors;
    private final int length;
    private final int vectorStride;
    private final int stride;
    private final NativeBlocks memory = new NativeBlocks();
    private final float[] matrix;
    private final float[] gradient;
    private final double[] scales;
    private final double[] unitGradient;

    OrthogonalPenalty(ParameterSpec spec) {
        OrthogonalRegularizer regularizer = (OrthogonalRegularizer) spec.regularizer();
        int rows = spec.shape().get(0);
        int columns = spec.shape().get(1);
        boolean ofRows = regularizer.mode() == OrthogonalRegularizer.Mode.ROWS;
        vectors = regularizer.vectors(spec.shape());
        length = ofRows ? columns : rows;
        vectorStride = ofRows ? columns : 1;
        stride = ofRows ? 1 : columns;
        pairFactor = regularizer.factor() / (vectors * (vectors - 1.0) / 2);
        matrix = new float[rows * columns];
        gradient = new float[matrix.length];
        scales = new double[vectors];
        unitGradient = new double[length];
    }

    private void read(long address) {
        memory.readAll(address, matrix);
        for (int v = 0; v < vectors; v++) {
            double squares = 0;
            for (int k = 0; k < length; k++) {
                double value = matrix[v * vectorStride + k * stride];
                squares += value * value;
            }
            scales[v] = Math.min(1 / Math.sqrt(squares), 1 / LEAST_LENGTH);
        }
    }

    /** The product of two vectors of length 1. */
    private double product(int v, int w) {
        double sum = 0;
        for (int k = 0; k < length; k++) {
            sum += (double) matrix[v * vectorStride + k * stride] * matrix[w * vectorStride + k * stride];
        }
        return sum * scales[v] * scales[w];
    }

    /** The penalty of the matrix at a native address. */
    double value(long address) {
        read(address);
        double sum = 0;
        for (int v = 0; v < vectors; v++) {
            for (int w = 0; w < v; w++) {
                sum += Math.abs(product(v, w));
            }
        }
        return pairFactor * sum;
    }

    /** Adds the gradient, times {@code factor}. The part of it along a vector has no effect. */
    void addGradient(long address, long gradientAddress, double factor) {
        read(address);
        memory.readAll(gradientAddress, gradient);
        for (int v = 0; v < vectors; v++) {
            Arrays.fill(unitGradient, 0);
            for (int w = 0; w < vectors; w++) {
                double part = w == v ? 0 : pairFactor * scales[w] * Math.signum(product(v, w));
                for (int k = 0; k < length && part != 0; k++) {
                    unitGradient[k] += part * matrix[w * vectorStride + k * stride];
                }
            }
            double along = 0;
            for (int k = 0; k < length && scales[v] < 1 / LEAST_LENGTH; k++) {
                along += unitGradient[k] * scales[v] * matrix[v * vectorStride + k * stride];
            }
            for (int k = 0; k < length; k++) {
                int i = v * vectorStride + k * stride;
                gradient[i] += (float) (factor * scales[v] * (unitGradient[k] - along * scales[v] * matrix[i]));
            }
        }
        memory.writeAll(gradientAddress, gradient);
    }
}
