package io.covey.trainer.optimizer;

import io.covey.trainer.memory.ExactSum;
import io.covey.trainer.memory.NativeBlocks;
import java.util.Arrays;
import java.util.List;

/**
 * Turns the mean gradient of a whole variable into {@link Adafactor}'s direction, in pieces that stay in the first-level cache.
 * For one thread.
 */
final class AdafactorRule {
    private static final int PIECE = 1024;
    /** Rows that are added in float32, which is vectorised, before they go to the columns' sums. */
    private static final int ROWS_OF_PART = 16;

    private final Adafactor settings;
    private final NativeBlocks memory = new NativeBlocks();
    private final int size;
    private final int height;
    private final int width;
    private final float[] gradients = new float[PIECE];
    private final float[] squares = new float[PIECE];
    private final float[] rows;
    private final float[] columns;
    private final float[] columnParts;
    private final double[] columnSums;

    AdafactorRule(Adafactor settings, List<Integer> shape) {
        this.settings = settings;
        size = shape.stream().reduce(1, Math::multiplyExact);
        boolean factored = shape.size() >= 2;
        height = factored ? shape.get(shape.size() - 2) : 1;
        width = factored ? shape.get(shape.size() - 1) : size;
        rows = new float[factored ? size / width : 0];
        columns = new float[factored ? size / height : 0];
        columnParts = new float[factored ? width : 0];
        columnSums = new double[factored ? width : 0];
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
        float decay = 1f - Float32.power((float) (step + 1), (float) settings.beta2Decay());
        double directionSum = 0;
        if (rows.length == 0) {
            directionSum = average(gradientAddress, slots[2], decay);
        } else {
            memory.readAll(slots[0], rows);
            memory.readAll(slots[1], columns);
            for (int matrix = 0; matrix < size / (height * width); matrix++) {
                long bytes = (long) matrix * height * width * Float.BYTES;
                moveMeans(gradientAddress + bytes, matrix, decay);
                directionSum += factor(gradientAddress + bytes, slots[2] + bytes, matrix);
            }
            memory.writeAll(slots[0], rows);
            memory.writeAll(slots[1], columns);
        }
        float clip = Math.max(1f, rootMean(directionSum) / (float) settings.clipThreshold());
        float rate = Math.min(learningRate, 1f / Float32.root((float) (step + 1)));
        return Math.max((float) settings.epsilon2(), rootMean(squareSum)) * rate / clip;
    }

    private float rootMean(double sum) {
        return (float) Math.sqrt(sum / size);
    }

    /** Moves the mean squares of a variable that is no matrix, and makes the direction of them. */
    private double average(long gradientAddress, long squareAddress, float decay) {
        float taken = 1f - decay;
        float epsilon = (float) settings.epsilon1();
        double sum = 0;
        for (int done = 0; done < size; done += PIECE) {
            int count = Math.min(PIECE, size - done);
            long bytes = (long) done * Float.BYTES;
            memory.read(gradientAddress + bytes, gradients, count);
            memory.read(squareAddress + bytes, squares, count);
            for (int i = 0; i < count; i++) {
                squares[i] = decay * squares[i] + taken * (gradients[i] * gradients[i] + epsilon);
            }
            flush(squares, count, taken * epsilon);
            sum += finish(gradientAddress + bytes, squareAddress + bytes, count);
        }
        return sum;
    }

    /** Moves the means of a matrix's rows and columns. */
    private void moveMeans(long gradientAddress, int matrix, float decay) {
        float epsilon = (float) settings.epsilon1();
        float taken = 1f - decay;
        Arrays.fill(columnSums, 0);
        for (int r = 0; r < height; r++) {
            double sum = 0;
            for (int from = 0; from < width; from += PIECE) {
                int count = Math.min(PIECE, width - from);
                memory.read(gradientAddress + ((long) r * width + from) * Float.BYTES, gradients, count);
                for (int i = 0; i < count; i++) {
                    squares[i] = gradients[i] * gradients[i] + epsilon;
                }
                for (int i = 0; i < count; i++) {
                    columnParts[from + i] = columnParts[from + i] + squares[i];
                }
                sum += sum(squares, count);
            }
            int row = matrix * height + r;
            rows[row] = Float32.flushed(decay * rows[row] + taken * (float) (sum / width));
            if (r % ROWS_OF_PART == ROWS_OF_PART - 1 || r == height - 1) {
                addColumnParts();
            }
        }
        int first = matrix * width;
        for (int c = 0; c < width; c++) {
            columns[first + c] = Float32.flushed(decay * columns[first + c] + taken * (float) (columnSums[c] / height));
        }
    }

    private void addColumnParts() {
        for (int c = 0; c < width; c++) {
            columnSums[c] += columnParts[c];
        }
        Arrays.fill(columnParts, 0);
    }

    private static double sum(float[] values, int count) {
        double sum = 0;
        int i = 0;
        for (; i <= count - ExactSum.BLOCK; i += ExactSum.BLOCK) {
            sum += ExactSum.sumOfBlock(values, i);
        }
        for (; i < count; i++) {
            sum += values[i];
        }
        return sum;
    }

    /** Computes the squares that a matrix's means stand for, and makes the direction of them. */
    private double factor(long gradientAddress, long squareAddress, int matrix) {
        double rowSum = 0;
        for (int r = 0; r < height; r++) {
            rowSum += rows[matrix * height + r];
        }
        float mean = (float) (rowSum / height);
        float smallest = Float.POSITIVE_INFINITY;
        for (int c = 0; c < width; c++) {
            smallest = Math.min(smallest, columns[matrix * width + c]);
        }
        double sum = 0;
        for (int r = 0; r < height; r++) {
            float share = Float32.flushed(rows[matrix * height + r] / mean);
            for (int from = 0; from < width; from += PIECE) {
                int count = Math.min(PIECE, width - from);
                long bytes = ((long) r * width + from) * Float.BYTES;
                memory.read(gradientAddress + bytes, gradients, count);
                System.arraycopy(columns, matrix * width + from, squares, 0, count);
                for (int i = 0; i < count; i++) {
                    squares[i] = share * squares[i];
                }
                flush(squares, count, share * smallest);
                sum += finish(gradientAddress + bytes, squareAddress + bytes, count);
            }
        }
        return sum;
    }

    /** TensorFlow computes without denormal numbers, and where a square is 0, a gradient of 0 has no direction: it is NaN. */
    private static void flush(float[] squares, int count, float smallest) {
        if (smallest < Float.MIN_NORMAL) {
            for (int i = 0; i < count; i++) {
                squares[i] = Float32.flushed(squares[i]);
            }
        }
    }

    /** Writes the squares, and the direction that they make of the gradient; returns the sum of its squares. */
    private double finish(long gradientAddress, long squareAddress, int count) {
        for (int i = 0; i < count; i++) {
            gradients[i] = gradients[i] / (float) Math.sqrt(squares[i]);
        }
        memory.write(squareAddress, squares, count);
        memory.write(gradientAddress, gradients, count);
        for (int i = 0; i < count; i++) {
            squares[i] = gradients[i] * gradients[i];
        }
        return sum(squares, count);
    }
}
