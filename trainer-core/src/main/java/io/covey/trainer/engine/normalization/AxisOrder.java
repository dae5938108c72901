package io.covey.trainer.engine.normalization;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.ReorderOp;
import io.covey.trainer.engine.Role;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;

/** An order of a signal's axes in which those that are named come last. */
final class AxisOrder {
    private final int[] order;
    private final boolean isIdentity;

    /**
     * An order of axes.
     *
     * @param rank number of axes with the rows
     * @param sampleAxes to come last, numbered without the rows, rising
     */
    AxisOrder(int rank, List<Integer> sampleAxes) {
        order = new int[rank];
        int next = 0;
        boolean identity = true;
        for (int axis = 0; axis < rank; axis++) {
            if (!sampleAxes.contains(axis - 1)) {
                order[next++] = axis;
            }
        }
        for (int axis : sampleAxes) {
            order[next++] = axis + 1;
        }
        for (int place = 0; place < rank; place++) {
            identity &= order[place] == place;
        }
        isIdentity = identity;
    }

    /** Whether the axes are last already. */
    boolean isIdentity() {
        return isIdentity;
    }

    /** The signal in this order; plain. */
    Signal apply(Lowering call, Signal signal) {
        Signal plain = call.plain(signal);
        if (isIdentity) {
            return plain;
        }
        int[] from = plain.value().shape();
        int[] shape = new int[from.length];
        for (int place = 0; place < shape.length; place++) {
            shape[place] = from[order[place]];
        }
        Signal ordered = new Signal(
                call.scope().tensor(Role.COPY, shape),
                plain.gradient() == null ? null : call.scope().tensor(Role.GRADIENT, shape));
        call.add(new ReorderOp(call.scope(), view(call, plain, from, false), view(call, ordered, from, true)));
        return ordered;
    }

    /** The signal in its first order again; plain. */
    Signal restore(Lowering call, Signal ordered, int... shape) {
        if (isIdentity) {
            return ordered;
        }
        Signal plain = new Signal(
                call.scope().tensor(Role.VALUE, shape),
                ordered.gradient() == null ? null : call.scope().tensor(Role.GRADIENT, shape));
        call.add(new ReorderOp(call.scope(), view(call, ordered, shape, true), view(call, plain, shape, false)));
        return plain;
    }

    private Signal view(Lowering call, Signal signal, int[] shape, boolean isOrdered) {
        return new Signal(
                view(call.scope(), signal.value(), shape, isOrdered),
                signal.gradient() == null ? null : view(call.scope(), signal.gradient(), shape, isOrdered));
    }

    /** A plain tensor's numbers with the axes of {@code shape}, in whatever order they lie. */
    private Tensor view(OnednnScope scope, Tensor tensor, int[] shape, boolean isOrdered) {
        long[] dims = new long[shape.length];
        long[] strides = new long[shape.length];
        long distance = 1;
        for (int place = shape.length - 1; place >= 0; place--) {
            int axis = isOrdered ? order[place] : place;
            dims[axis] = shape[axis];
            strides[axis] = distance;
            distance *= shape[axis];
        }
        dnnl_memory_desc desc = scope.strided(dims, strides);
        return new Tensor(shape, desc, scope.memory(desc, tensor.values().pointer()), tensor.values(), false);
    }
}
