package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Role;
import io.covey.trainer.engine.Sgemm;
import io.covey.trainer.memory.NativeAddress;
import io.covey.trainer.memory.NativeFloats;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The product of a source (steps, rows, k) with neighbouring gates' columns of a kernel (k, width), for any steps. With dropout
 * each group of gates has a masked copy of the source.
 */
final class KernelProduct {
    private final int rows;
    private final int k;
    private final int width;
    private final int firstColumn;
    private final int groupColumns;
    private final int resultWidth;
    private final int resultShift;
    private final ParameterUse kernel;
    private final DropoutMask mask;
    private final NativeFloats[] operands;
    private final FloatBuffer sourceBuffer;
    private final FloatBuffer[] operandBuffers;
    private final NativeFloats stepGradient;
    private final TransposedProduct transposed;
    private final FloatBuffer stepGradientBuffer;
    private final float[] block;
    private final NativeAddress a = new NativeAddress();
    private final NativeAddress b = new NativeAddress();
    private final NativeAddress c = new NativeAddress();

    /**
     * A product.
     *
     * @param firstColumn first of the kernel's columns that take part
     * @param columns number of columns that take part
     * @param source (steps or more, rows, k)
     * @param mask dropout of the source, null for none
     * @param isApart whether results and their gradients have only the columns that take part, not those of the kernel
     * @param gradients whether the source's gradient is needed, step by step
     */
    KernelProduct(
            OnednnScope scope,
            ParameterUse kernel,
            int firstColumn,
            int columns,
            NativeFloats source,
            int steps,
            int rows,
            DropoutMask mask,
            boolean isApart,
            boolean gradients) {
        this.rows = rows;
        this.k = kernel.parameter().spec().shape().get(0);
        this.width = kernel.parameter().spec().shape().get(1);
        this.firstColumn = firstColumn;
        this.resultWidth = isApart ? columns : width;
        this.resultShift = isApart ? firstColumn : 0;
        this.kernel = kernel;
        this.mask = mask;
        int groups = mask == null ? 1 : mask.groups();
        this.groupColumns = columns / groups;
        operands = new NativeFloats[groups];
        operandBuffers = new FloatBuffer[groups];
        for (int group = 0; group < groups; group++) {
            operands[group] = mask == null ? source : scope.floats(Role.VALUE, (long) steps * rows * k);
            operandBuffers[group] = operands[group].buffer();
        }
        sourceBuffer = source.buffer();
        block = new float[rows * k];
        stepGradient = scope.floats(Role.GRADIENT, (long) rows * k);
        stepGradientBuffer = stepGradient.buffer();
        transposed = gradients && isWhole() ? new TransposedProduct(scope, kernel, rows, stepGradient) : null;
    }

    /** Whether the product takes all of the kernel at once. */
    boolean isWhole() {
        return operands.length == 1 && groupColumns == width;
    }

    boolean hasDropout() {
        return mask != null;
    }

    /** The left operand, where the product {@link #isWhole}. */
    FloatPointer operand() {
        return operands[0].pointer();
    }

    /** Begins a run: draws its dropout. */
    void begin() {
        if (mask != null) {
            mask.draw();
        }
    }

    /** Begins the steps of backward. */
    void beginBackward() {
        if (transposed != null) {
            transposed.begin();
        }
    }

    /** {@code target = source @ kernel + beta * target} for steps [first, first + count). */
    void forward(int first, int count, NativeFloats target, float beta) {
        if (mask != null) {
            for (int step = first; step < first + count; step++) {
                maskSource(step);
            }
        }
        for (int group = 0; group < operands.length; group++) {
            int column = firstColumn + group * groupColumns;
            Sgemm.times(
                    count * rows,
                    groupColumns,
                    k,
                    a.at(operands[group].address((long) first * rows * k)),
                    k,
                    b.at(kernel.parameter().values().address() + (long) column * Float.BYTES),
                    width,
                    beta,
                    c.at(target.address((long) first * rows * resultWidth + column - resultShift)),
                    resultWidth);
        }
    }

    private void maskSource(int step) {
        for (int group = 0; group < operands.length; group++) {
            sourceBuffer.get(step * block.length, block);
            mask.apply(group, block);
            operandBuffers[group].put(step * block.length, block);
        }
    }

    /** Adds the source's gradient in one step to {@code gradient}. */
    void backward(int step, NativeFloats gates, float[] gradient) {
        for (int group = 0; group < operands.length; group++) {
            int column = firstColumn + group * groupColumns;
            if (transposed != null) {
                transposed.run(gates.address((long) step * rows * width));
            } else {
                timesKernelTransposed(step, 1, gates, column, groupColumns, stepGradient.address());
            }
            stepGradientBuffer.get(0, block);
            if (mask != null) {
                mask.apply(group, block);
            }
            for (int i = 0; i < block.length; i++) {
                gradient[i] += block[i];
            }
        }
    }

    /** Writes the source's gradient in all steps, of a product with all columns and without dropout. */
    void backwardWhole(int steps, NativeFloats gates, NativeFloats gradient) {
        timesKernelTransposed(0, steps, gates, 0, width, gradient.address());
    }

    private void timesKernelTransposed(int step, int steps, NativeFloats gates, int column, int columns, long target) {
        Sgemm.timesTransposed(
                steps * rows,
                k,
                columns,
                a.at(gates.address((long) step * rows * resultWidth + column - resultShift)),
                resultWidth,
                b.at(kernel.parameter().values().address() + (long) column * Float.BYTES),
                width,
                0f,
                c.at(target),
                k);
    }

    /** Writes this product's columns of the kernel's gradient (k, width). */
    void kernelGradient(int steps, NativeFloats gates, NativeFloats target) {
        for (int group = 0; group < operands.length; group++) {
            int column = firstColumn + group * groupColumns;
            Sgemm.transposedTimes(
                    k,
                    groupColumns,
                    steps * rows,
                    operands[group].pointer(),
                    k,
                    b.at(gates.address(column - resultShift)),
                    resultWidth,
                    c.at(target.address(column)),
                    width);
        }
    }
}
