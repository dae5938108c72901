package io.covey.trainer.engine.pooling;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.Onednn;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Role;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.elementwise.ReluBackward;
import io.covey.trainer.layers.convolutional.Window;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * oneDNN's pooling in the format that its input has. Of equal maxima the first gets the gradient, as in Keras.
 *
 * <p>The maximum of a window is positive where the number that it comes from is. So a relu before a maximum has the same
 * backward after it, on fewer numbers, and is taken over.
 */
final class PoolingOp implements Op {
    private final long[] size;
    private final long[] strides;
    private final long[] dilation;
    private final long[] before;
    private final long[] after;
    private final Signal output;
    private final PrimitiveCall forward;
    private final PrimitiveCall backward;
    private final PrimitiveCall reluBackward;

    /**
     * Builds the primitives.
     *
     * @param isMax whether it takes the maximum; if not, the mean
     * @param outputShape with rows
     */
    PoolingOp(Lowering call, Window window, boolean isMax, Signal in, int... outputShape) {
        int rank = window.rank();
        size = new long[rank];
        strides = new long[rank];
        dilation = new long[rank];
        before = new long[rank];
        after = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            int cells = in.value().shape()[axis + 1];
            size[axis] = window.size().get(axis);
            strides[axis] = window.strides().get(axis);
            before[axis] = window.before(axis, cells);
            after[axis] = window.after(axis, cells);
        }
        int algorithm = isMax ? dnnl.dnnl_pooling_max : dnnl.dnnl_pooling_avg_exclude_padding;
        OnednnScope scope = call.scope();
        dnnl_primitive_desc forwardDesc =
                forward(scope, algorithm, call.needsGradient(), in, scope.anyFormat(OnednnScope.dims(outputShape)));
        output = call.signal(scope.query(forwardDesc, dnnl.dnnl_query_dst_md), outputShape);
        boolean training = in.gradient() != null && output.gradient() != null;
        dnnl_memory workspace = isMax && call.needsGradient() ? workspace(scope, forwardDesc) : null;
        forward = call(
                scope,
                forwardDesc,
                workspace,
                new Arg(dnnl.DNNL_ARG_SRC, in.value().memory()),
                new Arg(dnnl.DNNL_ARG_DST, output.value().memory()));
        backward = training
                ? call(
                        scope,
                        backward(scope, algorithm, in, forwardDesc),
                        workspace,
                        new Arg(dnnl.DNNL_ARG_DIFF_DST, output.gradient().memory()),
                        new Arg(dnnl.DNNL_ARG_DIFF_SRC, in.gradient().memory()))
                : null;
        if (isMax && training && in.relu() != null) {
            in.relu().takeOver();
            reluBackward = ReluBackward.inPlace(scope, output.value(), output.gradient());
        } else {
            reluBackward = null;
        }
    }

    private dnnl_primitive_desc forward(
            OnednnScope scope, int algorithm, boolean training, Signal in, dnnl_memory_desc outputDesc) {
        return scope.primitiveDesc(
                "pooling_forward",
                d -> dnnl.dnnl_pooling_forward_primitive_desc_create(
                        d,
                        Onednn.engine(),
                        training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                        algorithm,
                        in.value().desc(),
                        outputDesc,
                        strides,
                        size,
                        dilation,
                        before,
                        after,
                        scope.attributes()));
    }

    private dnnl_primitive_desc backward(OnednnScope scope, int algorithm, Signal in, dnnl_primitive_desc forwardDesc) {
        return scope.primitiveDesc(
                "pooling_backward",
                d -> dnnl.dnnl_pooling_backward_primitive_desc_create(
                        d,
                        Onednn.engine(),
                        algorithm,
                        in.gradient().desc(),
                        output.gradient().desc(),
                        strides,
                        size,
                        dilation,
                        before,
                        after,
                        forwardDesc,
                        scope.attributes()));
    }

    /** Where forward notes the places of the maxima for backward. */
    private static dnnl_memory workspace(OnednnScope scope, dnnl_primitive_desc forwardDesc) {
        dnnl_memory_desc desc = scope.query(forwardDesc, dnnl.dnnl_query_workspace_md);
        return scope.memory(
                desc, scope.floats(Role.COPY, OnednnScope.length(desc)).pointer());
    }

    private static PrimitiveCall call(
            OnednnScope scope, dnnl_primitive_desc desc, dnnl_memory workspace, Arg from, Arg to) {
        List<Arg> arguments = new ArrayList<>(List.of(from, to));
        if (workspace != null) {
            arguments.add(new Arg(dnnl.DNNL_ARG_WORKSPACE, workspace));
        }
        return scope.call("pooling", desc, arguments.toArray(Arg[]::new));
    }

    Signal output() {
        return output;
    }

    @Override
    public void forward() {
        forward.run();
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (reluBackward != null) {
            reluBackward.run();
        }
        if (backward != null) {
            backward.run();
        }
    }
}
