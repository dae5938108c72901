package io.covey.trainer.engine.dense;

import io.covey.trainer.engine.Onednn;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.engine.elementwise.ReluBackward;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/**
 * {@code output = f(input @ kernel + bias)}, f being the identity or relu, on the plain Keras kernel (in, out): oneDNN's
 * inner product or matmul forward, its matrix product backward, as {@link ProductChoice} says. oneDNN's relu turns NaN into 0; a run that diverges still shows a NaN loss, because the logits have no relu.
 */
final class DenseOp implements Op {
    private final int rows;
    private final int inputs;
    private final int units;
    private final ParameterUse kernel;
    private final ParameterUse bias;
    private final PrimitiveCall forward;
    private final PrimitiveCall reluBackward;
    private final WeightGradient kernelGradient;
    private final WeightGradient biasGradient;
    private final InputGradient inputGradient;

    /**
     * Builds the primitives.
     *
     * @param bias null for none
     * @param relu whether f is relu
     * @param in a matrix (rows, inputs)
     * @param out a matrix (rows, units)
     */
    DenseOp(OnednnScope scope, ParameterUse kernel, ParameterUse bias, boolean relu, Signal in, Signal out) {
        Tensor input = in.value();
        Tensor output = out.value();
        this.rows = input.rows();
        this.inputs = input.width();
        this.units = output.width();
        this.kernel = kernel;
        this.bias = bias;
        Tensor outputGradient = out.gradient();
        inputGradient = in.gradient() == null || outputGradient == null
                ? null
                : new InputGradient(scope, kernel, outputGradient, in.gradient());
        forward = forward(scope, relu, input, output);
        if (outputGradient == null) {
            reluBackward = null;
            kernelGradient = null;
            biasGradient = null;
        } else {
            FloatPointer dy = outputGradient.values().pointer();
            reluBackward = relu ? ReluBackward.inPlace(scope, output, outputGradient) : null;
            kernelGradient = kernel.isTrainable()
                    ? new WeightGradient(
                            scope, inputs, units, rows, input.values().pointer(), dy)
                    : null;
            biasGradient = bias != null && bias.isTrainable()
                    ? new WeightGradient(scope, 1, units, rows, scope.ones(rows).pointer(), dy)
                    : null;
        }
    }

    private PrimitiveCall forward(OnednnScope scope, boolean relu, Tensor input, Tensor output) {
        dnnl_primitive_attr attributes = relu ? scope.withEltwise(dnnl.dnnl_eltwise_relu) : scope.attributes();
        boolean isMatmul = ProductChoice.ofProcessor().isForwardMatmul(rows, units);
        dnnl_memory_desc kernelDesc = isMatmul
                ? scope.desc(dnnl.dnnl_f32, dnnl.dnnl_ab, inputs, units)
                : scope.desc(dnnl.dnnl_f32, dnnl.dnnl_io, units, inputs);
        dnnl_memory_desc biasDesc = isMatmul
                ? scope.desc(dnnl.dnnl_f32, dnnl.dnnl_ab, 1, units)
                : scope.desc(dnnl.dnnl_f32, dnnl.dnnl_a, units);
        dnnl_memory_desc usedBias = bias == null ? null : biasDesc;
        String name = isMatmul ? "matmul" : "inner_product_forward";
        dnnl_primitive_desc desc = scope.primitiveDesc(
                name,
                d -> isMatmul
                        ? dnnl.dnnl_matmul_primitive_desc_create(
                                d, Onednn.engine(), input.desc(), kernelDesc, usedBias, output.desc(), attributes)
                        : dnnl.dnnl_inner_product_forward_primitive_desc_create(
                                d,
                                Onednn.engine(),
                                dnnl.dnnl_forward_inference,
                                input.desc(),
                                kernelDesc,
                                usedBias,
                                output.desc(),
                                attributes));
        List<Arg> arguments = new ArrayList<>(List.of(
                new Arg(dnnl.DNNL_ARG_SRC, input.memory()),
                new Arg(dnnl.DNNL_ARG_WEIGHTS, kernel.memory(kernelDesc)),
                new Arg(dnnl.DNNL_ARG_DST, output.memory())));
        if (bias != null) {
            arguments.add(new Arg(dnnl.DNNL_ARG_BIAS, bias.memory(biasDesc)));
        }
        return scope.call(name, desc, arguments.toArray(Arg[]::new));
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
        if (kernelGradient != null) {
            kernelGradient.run(kernel.gradientAddress(gradientAddress), kernel.accumulates(accumulate));
        }
        if (biasGradient != null) {
            biasGradient.run(bias.gradientAddress(gradientAddress), bias.accumulates(accumulate));
        }
        if (inputGradient != null) {
            inputGradient.run();
        }
    }
}
