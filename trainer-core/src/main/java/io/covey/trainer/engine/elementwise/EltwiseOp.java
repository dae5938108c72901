package io.covey.trainer.engine.elementwise;

import io.covey.trainer.engine.Onednn;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * One of oneDNN's element-wise functions. Those whose derivative follows from their value work in place: the output is the
 * input's memory, and so are the gradients.
 */
final class EltwiseOp implements Op, Signal.Logits {
    private final Signal in;
    private final PrimitiveCall forward;
    private final PrimitiveCall backward;
    private boolean takenOver;

    /**
     * Builds the primitives.
     *
     * @param algorithm a {@code dnnl_eltwise_*}
     * @param fromOutput whether the algorithm's backward reads the output, not the input
     */
    EltwiseOp(OnednnScope scope, int algorithm, float alpha, float beta, boolean fromOutput, Signal in, Signal out) {
        this.in = in;
        Tensor input = in.value();
        Tensor output = out.value();
        boolean training = in.gradient() != null && out.gradient() != null;
        dnnl_primitive_desc forwardDesc = scope.primitiveDesc(
                "eltwise_forward",
                d -> dnnl.dnnl_eltwise_forward_primitive_desc_create(
                        d,
                        Onednn.engine(),
                        training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                        algorithm,
                        input.desc(),
                        output.desc(),
                        alpha,
                        beta,
                        scope.attributes()));
        forward = scope.call(
                "eltwise_forward",
                forwardDesc,
                new Arg(dnnl.DNNL_ARG_SRC, input.memory()),
                new Arg(dnnl.DNNL_ARG_DST, output.memory()));
        if (!training) {
            backward = null;
            return;
        }
        Tensor data = fromOutput ? output : input;
        dnnl_primitive_desc backwardDesc = scope.primitiveDesc(
                "eltwise_backward",
                d -> dnnl.dnnl_eltwise_backward_primitive_desc_create(
                        d,
                        Onednn.engine(),
                        algorithm,
                        in.gradient().desc(),
                        out.gradient().desc(),
                        data.desc(),
                        alpha,
                        beta,
                        forwardDesc,
                        scope.attributes()));
        backward = scope.call(
                "eltwise_backward",
                backwardDesc,
                new Arg(fromOutput ? dnnl.DNNL_ARG_DST : dnnl.DNNL_ARG_SRC, data.memory()),
                new Arg(dnnl.DNNL_ARG_DIFF_DST, out.gradient().memory()),
                new Arg(dnnl.DNNL_ARG_DIFF_SRC, in.gradient().memory()));
    }

    @Override
    public void forward() {
        forward.run();
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (backward != null && !takenOver) {
            backward.run();
        }
    }

    @Override
    public Signal signal() {
        return in;
    }

    @Override
    public boolean isSoftmax() {
        return false;
    }

    @Override
    public void takeOver() {
        takenOver = true;
    }
}
