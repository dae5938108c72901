package io.covey.trainer.engine.convolution;

import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.layers.convolutional.Padding;
import io.covey.trainer.layers.convolutional.Window;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;

/** Shapes, window and kernel layout of one convolution in oneDNN's terms. Immutable. */
final class Geometry {
    final Kind kind;
    final int[] inputShape;
    final int[] outputShape;
    /** (groups, out, in, space), without the groups if there is one. */
    final long[] kernelDims;
    /** Distances of neighbours in Keras' layout. */
    final long[] kernelStrides;

    final long[] strides;
    /** Cells left out between neighbours. */
    final long[] dilation;

    final long[] before;
    final long[] after;

    private Geometry(
            Kind kind, Window window, int[] inputShape, int[] outputShape, long[] kernelDims, long[] kernelStrides) {
        this.kind = kind;
        this.inputShape = inputShape;
        this.outputShape = outputShape;
        this.kernelDims = kernelDims;
        this.kernelStrides = kernelStrides;
        int rank = window.rank();
        strides = longs(window.strides());
        dilation = longs(window.dilation());
        before = new long[rank];
        after = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            dilation[axis]--;
            if (kind == Kind.CONVOLUTION) {
                before[axis] = window.before(axis, inputShape[axis + 1]);
                after[axis] = window.after(axis, inputShape[axis + 1]);
            } else if (window.padding() == Padding.SAME) {
                long covered = (inputShape[axis + 1] - 1) * strides[axis] + window.extent(axis);
                long total = Math.max(covered - outputShape[axis + 1], 0);
                before[axis] = total / 2;
                after[axis] = total - total / 2;
            }
        }
    }

    /**
     * A convolution with a kernel (space, in / groups, out).
     *
     * @param inputShape with rows
     * @param outputShape with rows
     */
    static Geometry convolution(Window window, int groups, int[] inputShape, int[] outputShape) {
        long in = inputShape[inputShape.length - 1] / groups;
        long out = outputShape[outputShape.length - 1];
        long[] channels = groups == 1 ? new long[] {out, in} : new long[] {groups, out / groups, in};
        long[] distances = groups == 1 ? new long[] {1, out} : new long[] {out / groups, 1, out};
        return of(Kind.CONVOLUTION, window, inputShape, outputShape, channels, distances, in * out);
    }

    /** A transposed convolution with a kernel (space, out, in). */
    static Geometry transposed(Window window, int[] inputShape, int[] outputShape) {
        long in = inputShape[inputShape.length - 1];
        long out = outputShape[outputShape.length - 1];
        return of(Kind.TRANSPOSED, window, inputShape, outputShape, new long[] {out, in}, new long[] {in, 1}, in * out);
    }

    private static Geometry of(
            Kind kind, Window window, int[] input, int[] output, long[] channels, long[] distances, long cellSize) {
        int rank = window.rank();
        int leading = channels.length;
        long[] dims = new long[leading + rank];
        long[] kernelStrides = new long[leading + rank];
        System.arraycopy(channels, 0, dims, 0, leading);
        System.arraycopy(distances, 0, kernelStrides, 0, leading);
        long distance = cellSize;
        for (int axis = rank - 1; axis >= 0; axis--) {
            dims[leading + axis] = window.size().get(axis);
            kernelStrides[leading + axis] = distance;
            distance *= window.size().get(axis);
        }
        return new Geometry(kind, window, input, output, dims, kernelStrides);
    }

    private static long[] longs(List<Integer> values) {
        return values.stream().mapToLong(Integer::longValue).toArray();
    }

    int filters() {
        return outputShape[outputShape.length - 1];
    }

    dnnl_memory_desc kerasKernel(OnednnScope scope) {
        return scope.strided(kernelDims, kernelStrides);
    }

    dnnl_memory_desc anyKernel(OnednnScope scope) {
        return scope.anyFormat(kernelDims);
    }

    dnnl_memory_desc anyInput(OnednnScope scope) {
        return scope.anyFormat(OnednnScope.dims(inputShape));
    }

    dnnl_memory_desc anyOutput(OnednnScope scope) {
        return scope.anyFormat(OnednnScope.dims(outputShape));
    }
}
