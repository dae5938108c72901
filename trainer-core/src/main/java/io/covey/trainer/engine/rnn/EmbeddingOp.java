package io.covey.trainer.engine.rnn;

import io.covey.trainer.CoveyException;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.layers.core.Embedding;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Rows of a table, by number. Backward adds up the gradients of equal numbers in the order of their positions, aside: only the
 * finished sum of a row goes to the gradient vector.
 */
final class EmbeddingOp implements Op {
    private static final int NO_SLOT = -1;
    private static final int ZEROS = 1 << 14;

    private final String layer;
    private final int inputDim;
    private final int width;
    private final ParameterUse table;
    private final FloatBuffer in;
    private final FloatBuffer inGradient;
    private final float[] noGradient;
    private final Tensor output;
    private final Tensor outputGradient;
    private final FloatBuffer mask;
    private final float[] numbers;
    private final float[] maskValues;
    private final int[] slots;
    private final NativeFloats sums;
    private final NativeFloats zeros;
    private final VectorKernels kernels = new VectorKernels();

    /** @param mask receives 1 where the input is not 0, or null */
    EmbeddingOp(Lowering call, Embedding layer, Signal input, Signal output, Tensor mask) {
        this.layer = call.name();
        inputDim = layer.inputDim();
        width = layer.outputDim();
        table = call.parameter(0);
        in = input.value().values().buffer();
        inGradient = input.gradient() == null ? null : input.gradient().values().buffer();
        noGradient = new float[inGradient == null ? 0 : inGradient.capacity()];
        this.output = output.value();
        this.outputGradient = table.isTrainable() ? output.gradient() : null;
        this.mask = mask == null ? null : mask.values().buffer();
        int positions = input.value().size();
        numbers = new float[positions];
        maskValues = mask == null ? null : new float[positions];
        boolean trains = outputGradient != null;
        slots = trains ? new int[inputDim] : null;
        sums = trains ? call.scope().floats((long) Math.min(positions, inputDim) * width) : null;
        zeros = trains ? call.scope().floats(ZEROS) : null;
        if (trains) {
            Arrays.fill(slots, NO_SLOT);
        }
    }

    @Override
    public void forward() {
        in.get(0, numbers);
        long values = table.parameter().values().address();
        for (int i = 0; i < numbers.length; i++) {
            int number = (int) numbers[i];
            if (number < 0 || number >= inputDim) {
                throw CoveyException.caller(layer + ": the input has the number " + number
                        + ", this Embedding takes 0 to " + (inputDim - 1) + " (input_dim is " + inputDim + ")");
            }
            kernels.copy(output.values().address((long) i * width), values + rowBytes(number), width);
            if (mask != null) {
                maskValues[i] = numbers[i] != 0f ? 1f : 0f;
            }
        }
        if (mask != null) {
            mask.put(0, maskValues);
        }
    }

    private long rowBytes(int row) {
        return (long) row * width * Float.BYTES;
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (inGradient != null) {
            inGradient.put(0, noGradient);
        }
        if (outputGradient == null) {
            return;
        }
        int used = 0;
        for (int i = 0; i < numbers.length; i++) {
            int number = (int) numbers[i];
            long gradient = outputGradient.values().address((long) i * width);
            if (slots[number] == NO_SLOT) {
                slots[number] = used;
                kernels.copy(sums.address((long) used * width), gradient, width);
                used++;
            } else {
                kernels.add(sums.address((long) slots[number] * width), gradient, width);
            }
        }
        long target = table.gradientAddress(gradientAddress);
        boolean adds = table.accumulates(accumulate);
        if (!adds) {
            long length = (long) inputDim * width;
            for (long done = 0; done < length; done += ZEROS) {
                kernels.copy(target + done * Float.BYTES, zeros.address(), Math.min(ZEROS, length - done));
            }
        }
        for (float each : numbers) {
            int number = (int) each;
            if (slots[number] != NO_SLOT) {
                kernels.add(target + rowBytes(number), sums.address((long) slots[number] * width), width);
                slots[number] = NO_SLOT;
            }
        }
    }
}
