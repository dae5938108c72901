package io.covey.trainer.engine;

import io.covey.trainer.engine.OnednnScope.Arg;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/**
 * {@code output = f(input @ kernel + bias)}, f being the identity or relu, on the plain Keras kernel (in, out): oneDNN's
 * inner product forward, its matrix product backward. oneDNN's relu turns NaN into 0; a run that diverges still shows a NaN loss, because the logits have no relu.
 */
final class DenseOp implements Op {
    private final int rows;
    private final int inputs;
    private final int units;
    private final Parameter kernel;
    private final Parameter bias;
    private final PrimitiveCall forward;
    private final PrimitiveCall reluBackward;
    private final WeightGradient kernelGradient;
    private final WeightGradient biasGradient;
    private final Tensor inputGradient;
    private final Tensor outputGradient;

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
        this.rows = input.rows();
        this.inputs = input.width();
        this.units = output.width();
        this.kernel = kernel;
        this.bias = bias;
        this.inputGradient = inputGradient;
        this.outputGradient = outputGradient;
        forward = forward(scope, relu, input, output);
        if (outputGradient == null) {
            reluBackward = null;
            kernelGradient = null;
            biasGradient = null;
        } else {
            FloatPointer dy = outputGradient.values().pointer();
            reluBackward = relu ? reluBackward(scope, output, outputGradient) : null;
            kernelGradient = new WeightGradient(
                    scope, inputs, units, rows, input.values().pointer(), dy);
            biasGradient = bias == null
                    ? null
                    : new WeightGradient(scope, 1, units, rows, scope.ones(rows).pointer(), dy);
        }
    }

    private PrimitiveCall forward(OnednnScope scope, boolean relu, Tensor input, Tensor output) {
        dnnl_primitive_attr attributes = relu ? scope.withEltwise(dnnl.dnnl_eltwise_relu) : scope.attributes();
        dnnl_primitive_desc desc = scope.primitiveDesc(
                "inner_product_forward",
                d -> dnnl.dnnl_inner_product_forward_primitive_desc_create(
                        d,
                        Onednn.engine(),
                        dnnl.dnnl_forward_inference,
                        input.desc(),
                        kernel.desc(),
                        bias == null ? null : bias.desc(),
                        output.desc(),
                        attributes));
        Arg source = new Arg(dnnl.DNNL_ARG_SRC, input.memory());
        Arg weights = new Arg(dnnl.DNNL_ARG_WEIGHTS, kernel.memory());
        Arg target = new Arg(dnnl.DNNL_ARG_DST, output.memory());
        return bias == null
                ? scope.call("inner_product_forward", desc, source, weights, target)
                : scope.call(
                        "inner_product_forward",
                        desc,
                        source,
                        weights,
                        target,
                        new Arg(dnnl.DNNL_ARG_BIAS, bias.memory()));
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

    @Override
    public void forward() {
        forward.run();
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (reluBackward != null) {
            reluBackward.run();
        }
        kernelGradient.run(kernel.addressIn(gradientAddress), accumulate);
        if (biasGradient != null) {
            biasGradient.run(bias.addressIn(gradientAddress), accumulate);
        }
        if (inputGradient != null) {
            Sgemm.timesTransposed(
                    rows,
                    inputs,
                    units,
                    outputGradient.values().pointer(),
                    kernel.values(),
                    inputGradient.values().pointer());
        }
    }
}
