package io.covey.trainer.engine;

import io.covey.trainer.engine.OnednnScope.Arg;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** Softmax over the last axis. */
final class SoftmaxOp implements Op {
    private final PrimitiveCall forward;
    private final PrimitiveCall backward;

    /**
     * Builds the primitives.
     *
     * @param inputGradient where the gradient of the input goes, null when there is no backward
     * @param outputGradient the gradient of the output, null when there is no backward
     */
    SoftmaxOp(OnednnScope scope, Tensor input, Tensor output, Tensor inputGradient, Tensor outputGradient) {
        dnnl_primitive_desc forwardDesc = scope.primitiveDesc(
                "softmax_forward",
                d -> dnnl.dnnl_softmax_forward_primitive_desc_create(
                        d,
                        Onednn.engine(),
                        outputGradient != null ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                        dnnl.dnnl_softmax_accurate,
                        input.desc(),
                        output.desc(),
                        1,
                        scope.attributes()));
        forward = scope.call(
                "softmax_forward",
                forwardDesc,
                new Arg(dnnl.DNNL_ARG_SRC, input.memory()),
                new Arg(dnnl.DNNL_ARG_DST, output.memory()));
        backward = outputGradient == null
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
                                        1,
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
        backward.run();
    }
}
