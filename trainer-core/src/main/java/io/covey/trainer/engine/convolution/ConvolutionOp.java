package io.covey.trainer.engine.convolution;

import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.engine.elementwise.ReluBackward;

/**
 * {@code output = f(convolve(input, kernel) + bias)}, f being the identity or relu, in oneDNN's formats. The kernel is
 * reordered from Keras' layout in each run, and its gradient back.
 */
final class ConvolutionOp implements Op, Signal.Relu {
    private final FormattedKernel formattedKernel;
    private final PrimitiveCall forwardCall;
    private final KernelGradient kernelGradient;
    private final InputGradient inputGradient;
    /** Null without a relu, or when a reader has taken it over. */
    private PrimitiveCall reluBackward;

    private final OnednnScope scope;
    private final Tensor output;

    /**
     * Builds the primitives.
     *
     * @param bias null for none
     * @param relu whether {@code forward} applies a relu
     * @param in in the format that {@code forward} asks for
     * @param out in the format that {@code forward} asks for
     */
    ConvolutionOp(
            OnednnScope scope,
            Geometry geometry,
            ForwardConvolution forward,
            ParameterUse kernel,
            ParameterUse bias,
            boolean relu,
            Signal in,
            Signal out) {
        this.scope = scope;
        output = out.value();
        formattedKernel = forward.kernel(kernel);
        forwardCall = forward.call(in.value(), formattedKernel, bias, out.value());
        reluBackward = relu && out.gradient() != null ? ReluBackward.inPlace(scope, out.value(), out.gradient()) : null;
        kernelGradient = kernel.isTrainable() && out.gradient() != null
                ? new KernelGradient(scope, geometry, forward, kernel, bias, in.value(), out.gradient())
                : null;
        inputGradient = in.gradient() != null && out.gradient() != null
                ? new InputGradient(scope, geometry, forward, kernel, formattedKernel, out.gradient(), in.gradient())
                : null;
    }

    @Override
    public void takeOver() {
        reluBackward = null;
        scope.forget(output);
    }

    @Override
    public void forward() {
        formattedKernel.update();
        forwardCall.run();
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (reluBackward != null) {
            reluBackward.run();
        }
        if (kernelGradient != null) {
            kernelGradient.run(gradientAddress, accumulate);
        }
        if (inputGradient != null) {
            inputGradient.run();
        }
    }
}
