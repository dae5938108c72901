package io.covey.trainer.checkpoint;

import java.util.List;

/**
 * Where the elements of a piece lie in the whole tensor: in runs of {@link #length} elements that are consecutive both in the
 * piece and in the tensor, both in C order. Rows of the first axis are one run.
 */
final class PieceRuns {
    private final long[] starts;
    private final long[] lengths;
    private final long[] strides;
    /** Axes [0, outer) tell runs apart, the ones behind lie within a run. */
    private final int outer;

    private final long runLength;
    private final long runs;
    private final long startInRun;

    PieceRuns(TensorSlice slice, List<Long> shape) {
        int rank = shape.size();
        starts = new long[rank];
        lengths = new long[rank];
        strides = new long[rank];
        long stride = 1;
        for (int i = rank - 1; i >= 0; i--) {
            starts[i] = slice.extents().get(i).start();
            lengths[i] = slice.extents().get(i).lengthOf(shape.get(i));
            strides[i] = stride;
            stride *= shape.get(i);
        }
        int cut = rank - 1;
        while (cut >= 0 && lengths[cut] == shape.get(cut)) {
            cut--;
        }
        outer = Math.max(cut, 0);
        runLength = cut < 0 ? stride : lengths[cut] * strides[cut];
        startInRun = cut < 0 ? 0 : starts[cut] * strides[cut];
        long count = 1;
        for (int i = 0; i < outer; i++) {
            count *= lengths[i];
        }
        runs = count;
    }

    /** Whether the piece is consecutive in the tensor. */
    boolean isOne() {
        return runs == 1;
    }

    /** Elements in each run. */
    long length() {
        return runLength;
    }

    /** Index in the flat tensor of the first element of run {@code run}. */
    long start(long run) {
        long index = startInRun;
        long rest = run;
        for (int i = outer - 1; i >= 0; i--) {
            index += (starts[i] + rest % lengths[i]) * strides[i];
            rest /= lengths[i];
        }
        return index;
    }

    /** Index in the flat tensor behind the piece's last element. */
    long end() {
        return start(runs - 1) + runLength;
    }
}
