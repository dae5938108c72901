package io.covey.trainer.engine.preprocessing;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.RunKey;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.preprocessing.ImageTransform;
import io.covey.trainer.random.CounterRandom;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Affine transforms of images in C order, as TensorFlow's ImageProjectiveTransformV3; backward is its exact adjoint. */
final class ImageTransformOp implements Op {
    private static final int MATRIX_LENGTH = 6;

    private final ImageTransform layer;
    private final RunKey runKey;
    private final long randomStream;
    private final int rows;
    private final int height;
    private final int width;
    private final int channels;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer inputGradient;
    private final FloatBuffer outputGradient;
    private final double[] matrix = new double[MATRIX_LENGTH];
    private final float[] x;
    private final float[] y;

    ImageTransformOp(ImageTransform layer, RunKey runKey, long randomStream, Signal in, Signal out) {
        this.layer = layer;
        this.runKey = runKey;
        this.randomStream = randomStream;
        int[] shape = in.value().shape();
        rows = shape[0];
        height = shape[1];
        width = shape[2];
        channels = shape[3];
        input = in.value().values().buffer();
        output = out.value().values().buffer();
        boolean training = in.gradient() != null && out.gradient() != null;
        inputGradient = training ? in.gradient().values().buffer() : null;
        outputGradient = training ? out.gradient().values().buffer() : null;
        x = new float[height * width * channels];
        y = new float[x.length];
    }

    private long key() {
        return CounterRandom.key(runKey.of(randomStream), layer.seed() == null ? 0 : layer.seed() + 1, 0, 0);
    }

    @Override
    public void forward() {
        long key = key();
        for (int row = 0; row < rows; row++) {
            input.get(row * x.length, x);
            Arrays.fill(y, 0f);
            transform(key, row, false);
            output.put(row * y.length, y);
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (inputGradient == null) {
            return;
        }
        long key = key();
        for (int row = 0; row < rows; row++) {
            outputGradient.get(row * y.length, y);
            Arrays.fill(x, 0f);
            transform(key, row, true);
            inputGradient.put(row * x.length, x);
        }
    }

    private void transform(long key, int row, boolean backward) {
        layer.matrix(key, row, height, width, matrix);
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                // As the matrix is one of floats in TensorFlow, so are the places.
                double across = place((float) (matrix[0] * j + matrix[1] * i + matrix[2]), width);
                double down = place((float) (matrix[3] * j + matrix[4] * i + matrix[5]), height);
                int at = (i * width + j) * channels;
                if (!layer.isBilinear()) {
                    mix(at, roundAwayFromZero(down), roundAwayFromZero(across), 1, backward);
                    continue;
                }
                int top = (int) Math.floor(down);
                int left = (int) Math.floor(across);
                double lower = down - top;
                double right = across - left;
                mix(at, top, left, (1 - lower) * (1 - right), backward);
                mix(at, top, left + 1, (1 - lower) * right, backward);
                mix(at, top + 1, left, lower * (1 - right), backward);
                mix(at, top + 1, left + 1, lower * right, backward);
            }
        }
    }

    /** Adds a part of an input place to the output place at {@code at}, or backward the other way. */
    private void mix(int at, int row, int column, double weight, boolean backward) {
        boolean inside = row >= 0 && row < height && column >= 0 && column < width;
        if (!inside) {
            for (int c = 0; !backward && c < channels; c++) {
                y[at + c] += (float) weight * layer.fillValue();
            }
            return;
        }
        int from = (row * width + column) * channels;
        for (int c = 0; c < channels; c++) {
            if (backward) {
                x[from + c] += (float) weight * y[at + c];
            } else {
                y[at + c] += (float) weight * x[from + c];
            }
        }
    }

    private static int roundAwayFromZero(double value) {
        return (int) (value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5));
    }

    /** Where a place is taken from that may lie beyond an axis. */
    private double place(double coordinate, int length) {
        return switch (layer.fillMode()) {
            case CONSTANT -> coordinate;
            case NEAREST -> clamp(coordinate, length);
            case REFLECT -> clamp(reflected(coordinate, length), length);
            case WRAP -> clamp(wrapped(coordinate, length), length);
        };
    }

    private static double clamp(double coordinate, int length) {
        return Math.min(Math.max(coordinate, 0), length - 1);
    }

    private static double reflected(double coordinate, int length) {
        int period = 2 * length;
        if (coordinate < 0) {
            double near = coordinate < period ? period * (int) (-coordinate / period) + coordinate : coordinate;
            return near < -length ? near + period : -near - 1;
        }
        if (coordinate > length - 1) {
            double near = coordinate - period * (int) (coordinate / period);
            return near >= length ? period - near - 1 : near;
        }
        return coordinate;
    }

    private static double wrapped(double coordinate, int length) {
        if (length == 1) {
            return 0;
        }
        if (coordinate < 0) {
            return coordinate + length * ((int) (-coordinate / (length - 1)) + 1);
        }
        return coordinate > length - 1 ? coordinate - length * (int) (coordinate / (length - 1)) : coordinate;
    }
}
