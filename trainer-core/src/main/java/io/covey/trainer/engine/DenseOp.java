package io.covey.trainer.engine;

import io.covey.trainer.engine.OnednnScope.Arg;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * {@code output = f(input @ kernel + bias)}, f being the identity or relu, as oneDNN's inner product on the plain Keras kernel
 * (in, out). oneDNN's relu turns NaN into 0; a run that diverges still shows a NaN loss, because the logits have no relu.
 */
final class DenseOp implements Op {
    private final PrimitiveCall forward;
    private final PrimitiveCall reluBackward;
    private final PrimitiveCall backwardWeights;
    private final PrimitiveCall backwardData;

    /**
     * Builds the primitives.
     *
     * @param bias null for none
     * @param relu whether f is relu
     * @param inputGradient where the gradient of the input goes, null if nobody needs it
     * @param outputGradient the gradient of the output, overwritten; null for inference only
     */
    DenseOp(
            OnednnScope scope,
            Parameter kernel,
            Parameter bias,
            boolean relu,
            Tensor input,
            Tensor output,
            Tensor inputGradient,
            Tensor outputGradient) {
        boolean training = outputGradient != null;
        dnnl_memory_desc biasDesc = bias == null ? null : bias.desc();
        dnnl_primitive_attr attributes = relu ? scope.withEltwise(dnnl.dnnl_eltwise_relu) : scope.attributes();
        dnnl_primitive_desc forwardDesc = scope.primitiveDesc(
                "inner_product_forward",
                d -> dnnl.dnnl_inner_product_forward_primitive_desc_create(
                        d,
                        Onednn.engine(),
                        training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                        input.desc(),
                        kernel.desc(),
                        biasDesc,
                        output.desc(),
                        attributes));
        forward = scope.call(
                "inner_product_forward",
                forwardDesc,
                withBias(
                        dnnl.DNNL_ARG_BIAS,
                        bias == null ? null : bias.value(),
                        new Arg(dnnl.DNNL_ARG_SRC, input.memory()),
                        new Arg(dnnl.DNNL_ARG_WEIGHTS, kernel.value()),
                        new Arg(dnnl.DNNL_ARG_DST, output.memory())));
        reluBackward = training && relu ? reluBackward(scope, output, outputGradient) : null;
        backwardWeights = !training
                ? null
                : scope.call(
                        "inner_product_backward_weights",
                        scope.primitiveDesc(
                                "inner_product_backward_weights",
                                d -> dnnl.dnnl_inner_product_backward_weights_primitive_desc_create(
                                        d,
                                        Onednn.engine(),
                                        input.desc(),
                                        kernel.desc(),
                                        biasDesc,
                                        outputGradient.desc(),
                                        forwardDesc,
                                        scope.attributes())),
                        withBias(
                                dnnl.DNNL_ARG_DIFF_BIAS,
                                bias == null ? null : bias.gradient(),
                                new Arg(dnnl.DNNL_ARG_SRC, input.memory()),
                                new Arg(dnnl.DNNL_ARG_DIFF_DST, outputGradient.memory()),
                                new Arg(dnnl.DNNL_ARG_DIFF_WEIGHTS, kernel.gradient())));
        backwardData = inputGradient == null
                ? null
                : scope.call(
                        "inner_product_backward_data",
                        scope.primitiveDesc(
                                "inner_product_backward_data",
                                d -> dnnl.dnnl_inner_product_backward_data_primitive_desc_create(
                                        d,
                                        Onednn.engine(),
                                        inputGradient.desc(),
                                        kernel.desc(),
                                        outputGradient.desc(),
                                        forwardDesc,
                                        scope.attributes())),
                        new Arg(dnnl.DNNL_ARG_DIFF_DST, outputGradient.memory()),
                        new Arg(dnnl.DNNL_ARG_WEIGHTS, kernel.value()),
                        new Arg(dnnl.DNNL_ARG_DIFF_SRC, inputGradient.memory()));
    }

    private static PrimitiveCall reluBackward(OnednnScope scope, Tensor output, Tensor gradient) {
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

    private static Arg[] withBias(int biasArg, dnnl_memory bias, Arg a, Arg b, Arg c) {
        return bias == null ? new Arg[] {a, b, c} : new Arg[] {a, b, c, new Arg(biasArg, bias)};
    }

    @Override
    public void forward() {
        forward.run();
    }

    @Override
    public void backward() {
        if (reluBackward != null) {
            reluBackward.run();
        }
        backwardWeights.run();
        if (backwardData != null) {
            backwardData.run();
        }
    }
}
