package io.covey.trainer.optimizer;

import io.covey.trainer.memory.NativeBlocks;
import java.util.Arrays;
import java.util.List;

/** Turns the mean gradient of a whole variable into {@link Adafactor}'s direction. For one thread. */
final class AdafactorRule {
    private final Adafactor settings;
    private final NativeBlocks memory = new NativeBlocks();
    private final List<Integer> shape;
    private final float[] gradients;
    private final float[] rows;
    private final float[] columns;
    private final float[] squares;
    private final double[] columnSums;

    AdafactorRule(Adafactor settings, List<Integer> shape) {
        this.settings = settings;
        this.shape = shape;
        int size = shape.stream().reduce(1, Math::multiplyExact);
        boolean factored = shape.size() >= 2;
        gradients = new float[size];
        squares = new float[size];
        rows = new float[factored ? size / axis(1) : 0];
        columns = new float[factored ? size / axis(2) : 0];
        columnSums = new double[factored ? axis(1) : 0];
    }

    private int axis(int fromLast) {
        return shape.get(shape.size() - fromLast);
    }

    /**
     * Overwrites the gradient with the direction.
     *
     * @param slots addresses of the variable's slots
     * @param squareSum sum of the parameters' squares
     * @param step number of the update, from 0
     * @return what the direction is to be multiplied by, before it is subtracted
     */
    float apply(long gradientAddress, long[] slots, double squareSum, float learningRate, long step) {
        memory.readAll(gradientAddress, gradients);
        float decay = 1f - Float32.power((float) (step + 1), (float) settings.beta2Decay());
        memory.readAll(slots[2], squares);
        if (rows.length == 0) {
            average(decay);
        } else {
            memory.readAll(slots[0], rows);
            memory.readAll(slots[1], columns);
            factor(decay);
            memory.writeAll(slots[0], rows);
            memory.writeAll(slots[1], columns);
        }
        memory.writeAll(slots[2], squares);
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] = gradients[i] / (float) Math.sqrt(squares[i]);
        }
        memory.writeAll(gradientAddress, gradients);
        float clip = Math.max(1f, rootMean(sumOfSquares(gradients)) / (float) settings.clipThreshold());
        float rate = Math.min(learningRate, 1f / Float32.root((float) (step + 1)));
        return Math.max((float) settings.epsilon2(), rootMean(squareSum)) * rate / clip;
    }

    private float rootMean(double sum) {
        return (float) Math.sqrt(sum / gradients.length);
    }

    private void average(float decay) {
        float taken = 1f - decay;
        float epsilon = (float) settings.epsilon1();
        for (int i = 0; i < squares.length; i++) {
            squares[i] = decay * squares[i] + taken * (gradients[i] * gradients[i] + epsilon);
        }
    }

    /** Four partial sums, so that an addition need not wait for the one before. */
    private static double sumOfSquares(float[] values) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i < values.length - 3; i += 4) {
            a += (double) values[i] * values[i];
            b += (double) values[i + 1] * values[i + 1];
            c += (double) values[i + 2] * values[i + 2];
            d += (double) values[i + 3] * values[i + 3];
        }
        for (; i < values.length; i++) {
            a += (double) values[i] * values[i];
        }
        return a + b + (c + d);
    }

    /** The same for floats from {@code from} to {@code to}. */
    private static double sum(float[] values, int from, int to) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        for (; i < to - 3; i += 4) {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
        }
        for (; i < to; i++) {
            a += values[i];
        }
        return a + b + (c + d);
    }

    /** Moves the means of rows and columns, and computes the squares that they stand for. */
    private void factor(float decay) {
        int height = axis(2);
        int width = axis(1);
        float epsilon = (float) settings.epsilon1();
        for (int i = 0; i < squares.length; i++) {
            squares[i] = gradients[i] * gradients[i] + epsilon;
        }
        for (int matrix = 0; matrix < gradients.length / (height * width); matrix++) {
            Arrays.fill(columnSums, 0);
            for (int r = 0; r < height; r++) {
                int row = matrix * height + r;
                int from = row * width;
                for (int c = 0; c < width; c++) {
                    columnSums[c] += squares[from + c];
                }
                rows[row] = decay * rows[row] + (1f - decay) * (float) (sum(squares, from, from + width) / width);
            }
            float mean = (float) (sum(rows, matrix * height, (matrix + 1) * height) / height);
            int firstColumn = matrix * width;
            for (int c = 0; c < width; c++) {
                int column = firstColumn + c;
                columns[column] = decay * columns[column] + (1f - decay) * (float) (columnSums[c] / height);
            }
            for (int r = 0; r < height; r++) {
                int row = matrix * height + r;
                float share = rows[row] / mean;
                int from = row * width;
                for (int c = 0; c < width; c++) {
                    squares[from + c] = share * columns[firstColumn + c];
                }
            }
        }
    }
}
