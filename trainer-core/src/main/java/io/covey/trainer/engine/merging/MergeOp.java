package io.covey.trainer.engine.merging;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.merging.Merge;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** Combines tensors in C order number by number, broadcasting axes of 1. */
final class MergeOp implements Op {
    private final Merge.Operation operation;
    private final int rows;
    private final int size;
    private final FloatBuffer[] inputs;
    private final FloatBuffer[] gradients;
    private final FloatBuffer output;
    private final FloatBuffer outputGradient;

    /** For each output number of a sample the input's; null for an input of the output's shape. */
    private final int[][] sources;

    private final float[][] narrow;
    private final float[][] wide;
    private final float[] y;
    private final float[] g;

    MergeOp(Merge.Operation operation, List<Signal> inputs, Signal out) {
        this.operation = operation;
        rows = out.value().rows();
        size = out.value().size() / rows;
        int count = inputs.size();
        this.inputs =
                inputs.stream().map(each -> each.value().values().buffer()).toArray(FloatBuffer[]::new);
        output = out.value().values().buffer();
        outputGradient = out.gradient() == null ? null : out.gradient().values().buffer();
        gradients = new FloatBuffer[count];
        sources = new int[count][];
        narrow = new float[count][];
        wide = new float[count][size];
        y = new float[size];
        g = new float[size];
        for (int i = 0; i < count; i++) {
            Signal input = inputs.get(i);
            gradients[i] =
                    input.gradient() == null ? null : input.gradient().values().buffer();
            boolean same = Arrays.equals(input.value().shape(), out.value().shape());
            sources[i] =
                    same ? null : sources(input.value().shape(), out.value().shape());
            narrow[i] = same ? wide[i] : new float[input.value().size() / rows];
        }
    }

    private static int[] sources(int[] inputShape, int[] outputShape) {
        int[] strides = new int[outputShape.length];
        int stride = 1;
        int missing = outputShape.length - inputShape.length;
        for (int axis = outputShape.length - 1; axis > missing; axis--) {
            int length = inputShape[axis - missing];
            strides[axis] = length == 1 ? 0 : stride;
            stride *= length;
        }
        int size = 1;
        for (int axis = 1; axis < outputShape.length; axis++) {
            size *= outputShape[axis];
        }
        int[] sources = new int[size];
        for (int i = 0; i < size; i++) {
            int rest = i;
            for (int axis = outputShape.length - 1; axis > 0; axis--) {
                sources[i] += rest % outputShape[axis] * strides[axis];
                rest /= outputShape[axis];
            }
        }
        return sources;
    }

    @Override
    public void forward() {
        for (int row = 0; row < rows; row++) {
            read(row);
            System.arraycopy(wide[0], 0, y, 0, size);
            for (int i = 1; i < wide.length; i++) {
                combine(wide[i]);
            }
            if (operation == Merge.Operation.AVERAGE) {
                for (int k = 0; k < size; k++) {
                    y[k] /= wide.length;
                }
            }
            output.put(row * size, y);
        }
    }

    private void combine(float[] x) {
        for (int k = 0; k < size; k++) {
            y[k] = switch (operation) {
                case ADD, AVERAGE -> y[k] + x[k];
                case SUBTRACT -> y[k] - x[k];
                case MULTIPLY -> y[k] * x[k];
                case MAXIMUM -> Math.max(y[k], x[k]);
                case MINIMUM -> Math.min(y[k], x[k]);
            };
        }
    }

    private void read(int row) {
        for (int i = 0; i < inputs.length; i++) {
            inputs[i].get(row * narrow[i].length, narrow[i]);
            if (sources[i] != null) {
                for (int k = 0; k < size; k++) {
                    wide[i][k] = narrow[i][sources[i][k]];
                }
            }
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (outputGradient == null) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            read(row);
            outputGradient.get(row * size, y);
            for (int i = 0; i < inputs.length; i++) {
                if (gradients[i] != null) {
                    inputGradient(row, i);
                }
            }
        }
    }

    private void inputGradient(int row, int input) {
        for (int k = 0; k < size; k++) {
            g[k] = y[k] * factor(input, k);
        }
        if (sources[input] == null) {
            gradients[input].put(row * size, g);
            return;
        }
        // The values are in wide: narrow is free.
        float[] sum = narrow[input];
        Arrays.fill(sum, 0f);
        for (int k = 0; k < size; k++) {
            sum[sources[input][k]] += g[k];
        }
        gradients[input].put(row * sum.length, sum);
    }

    /** The derivative of output number {@code k} by that of an input. */
    private float factor(int input, int k) {
        return switch (operation) {
            case ADD -> 1f;
            case AVERAGE -> 1f / wide.length;
            case SUBTRACT -> input == 0 ? 1f : -1f;
            case MULTIPLY -> {
                float product = 1f;
                for (int i = 0; i < wide.length; i++) {
                    product *= i == input ? 1f : wide[i][k];
                }
                yield product;
            }
            case MAXIMUM, MINIMUM -> isFirstExtreme(input, k) ? 1f : 0f;
        };
    }

    private boolean isFirstExtreme(int input, int k) {
        float own = wide[input][k];
        for (int i = 0; i < wide.length; i++) {
            float other = operation == Merge.Operation.MAXIMUM ? wide[i][k] - own : own - wide[i][k];
            if (i < input ? other >= 0 : other > 0) {
                return false;
            }
        }
        return true;
    }
}
