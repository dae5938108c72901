package io.covey.trainer.engine.elementwise;

import io.covey.trainer.engine.Onednn;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Tensor;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** The backward of a relu that another primitive applies as it writes its result. */
public final class ReluBackward {
    private ReluBackward() {}

    /**
     * Turns the gradient of a relu's output into that of its input.
     *
     * @param output of the relu, which tells where its input was positive
     * @param gradient overwritten; in the output's format
     */
    public static PrimitiveCall inPlace(OnednnScope scope, Tensor output, Tensor gradient) {
        int algorithm = dnnl.dnnl_eltwise_relu_use_dst_for_bwd;
        dnnl_primitive_desc forwardDesc = scope.primitiveDesc(
                "eltwise_forward",
                d -> dnnl.dnnl_eltwise_forward_primitive_desc_create(
                        d,
                        Onednn.engine(),
                        dnnl.dnnl_forward_training,
                        algorithm,
                        output.desc(),
                        output.desc(),
                        0f,
                        0f,
                        scope.attributes()));
        dnnl_primitive_desc backwardDesc = scope.primitiveDesc(
                "eltwise_backward",
                d -> dnnl.dnnl_eltwise_backward_primitive_desc_create(
                        d,
                        Onednn.engine(),
                        algorithm,
                        gradient.desc(),
                        gradient.desc(),
                        output.desc(),
                        0f,
                        0f,
                        forwardDesc,
                        scope.attributes()));
        return scope.call(
                "relu_backward",
                backwardDesc,
                new Arg(dnnl.DNNL_ARG_DST, output.memory()),
                new Arg(dnnl.DNNL_ARG_DIFF_DST, gradient.memory()),
                new Arg(dnnl.DNNL_ARG_DIFF_SRC, gradient.memory()));
    }
}
