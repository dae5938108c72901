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

/** Softmax over one axis. */
final class SoftmaxOp implements Op, Signal.Logits {
    private final Signal in;
    private final PrimitiveCall forward;
    private final PrimitiveCall backward;
    private boolean takenOver;

    /** @param axis in oneDNN's order of axes */
    SoftmaxOp(OnednnScope scope, int axis, Signal in, Signal out) {
        this.in = in;
        Tensor input = in.value();
        Tensor output = out.value();
        Tensor inputGradient = in.gradient();
        Tensor outputGradient = out.gradient();
        dnnl_primitive_desc forwardDesc = scope.primitiveDesc(
                "softmax_forward",
                d -> dnnl.dnnl_softmax_forward_primitive_desc_create(
                        d,
                        Onednn.engine(),
                        outputGradient != null ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                        dnnl.dnnl_softmax_accurate,
                        input.desc(),
                        output.desc(),
                        axis,
                        scope.attributes()));
        forward = scope.call(
                "softmax_forward",
                forwardDesc,
                new Arg(dnnl.DNNL_ARG_SRC, input.memory()),
                new Arg(dnnl.DNNL_ARG_DST, output.memory()));
        backward = outputGradient == null || inputGradient == null
                ? null
                : scope.call(
                        "softmax_backward",
                        scope.primitiveDesc(
                                "softmax_backward",
                                d -> dnnl.dnnl_softmax_backward_primitive_desc_create(
                                        d,
                                        Onednn.engine(),
                                        dnnl.dnnl_softmax_accurate,
                                        inputGradient.desc(),
                                        outputGradient.desc(),
                                        output.desc(),
                                        axis,
                                        forwardDesc,
                                        scope.attributes())),
                        new Arg(dnnl.DNNL_ARG_DST, output.memory()),
                        new Arg(dnnl.DNNL_ARG_DIFF_DST, outputGradient.memory()),
                        new Arg(dnnl.DNNL_ARG_DIFF_SRC, inputGradient.memory()));
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
        return true;
    }

    @Override
    public void takeOver() {
        takenOver = true;
    }
}
