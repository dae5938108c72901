package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeFloats;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;

/**
 * Numbers of a program, float32, with the rows of the micro-batch as the first axis and Keras' channels last.
 *
 * <p>oneDNN sees the axes in its own order, the channels second. A plain tensor lies in C order of its shape; another one in
 * a format of oneDNN's choice, which only oneDNN's operations can read.
 *
 * @param shape in Keras' order, rows first
 * @param desc its shape and format for oneDNN
 * @param memory its oneDNN handle
 * @param values its numbers, with padding where the format has it
 * @param isPlain whether it lies in C order
 */
@SuppressWarnings("ArrayRecordComponent") // Tensors are compared by identity.
public record Tensor(int[] shape, dnnl_memory_desc desc, dnnl_memory memory, NativeFloats values, boolean isPlain) {
    /** Samples in the micro-batch. */
    public int rows() {
        return shape[0];
    }

    /** Length of the last axis. */
    public int width() {
        return shape[shape.length - 1];
    }

    /** Numbers in the tensor, padding not counted. */
    public int size() {
        int size = 1;
        for (int axis : shape) {
            size = Math.multiplyExact(size, axis);
        }
        return size;
    }

    /** How many vectors of {@link #width} there are. */
    public int positions() {
        return size() / width();
    }

    @Override
    public String toString() {
        return "Tensor" + Arrays.toString(shape) + (isPlain ? "" : " in oneDNN's format");
    }
}
