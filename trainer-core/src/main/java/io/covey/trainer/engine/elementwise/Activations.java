package io.covey.trainer.engine.elementwise;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.activations.ElementwiseFunction;
import io.covey.trainer.activations.Rectifiers;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.Role;
import io.covey.trainer.engine.Signal;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Applies activations to signals: oneDNN's function where its numbers are Keras', else one in Java on C order. oneDNN's relu
 * makes 0 of NaN, so that it is used only where it saves a change of format or a pass; its gelu and mish differ at infinities.
 */
public final class Activations {
    private Activations() {}

    /**
     * Adds the operation of a layer's activation; the identity needs none.
     *
     * @param in overwritten if that saves time: nothing else may read it, and its producer must not need it to run backward
     */
    public static Signal applyInPlace(Lowering call, Activation activation, Signal in) {
        return activation == Activation.RELU
                ? eltwise(call, dnnl.dnnl_eltwise_relu_use_dst_for_bwd, 0f, true, in, in)
                : activation == Activation.TANH
                        ? eltwise(call, dnnl.dnnl_eltwise_tanh_use_dst_for_bwd, 0f, true, in, in)
                        : apply(call, activation, in);
    }

    /** Adds the operation of an activation that stands alone; the identity needs none. */
    public static Signal apply(Lowering call, Activation activation, Signal in) {
        return switch (activation) {
            case LINEAR -> in;
            case SOFTMAX -> softmax(call, call.plain(in));
            case LOG_SOFTMAX -> logSoftmax(call, call.plain(in));
            case SPARSEMAX -> sparsemax(call, call.plain(in));
            case GLU -> glu(call, call.plain(in));
            case SIGMOID -> sigmoid(call, in);
            case TANH -> eltwise(call, dnnl.dnnl_eltwise_tanh_use_dst_for_bwd, 0f, true, in, copyOf(call, in));
            case SILU -> eltwise(call, dnnl.dnnl_eltwise_swish, 1f, false, in, copyOf(call, in));
            case GELU -> eltwise(call, dnnl.dnnl_eltwise_gelu_erf, 0f, false, in, copyOf(call, in));
            case MISH -> eltwise(call, dnnl.dnnl_eltwise_mish, 0f, false, in, copyOf(call, in));
            case SOFTPLUS -> eltwise(call, dnnl.dnnl_eltwise_soft_relu, 1f, false, in, copyOf(call, in));
            case LOG_SIGMOID -> eltwise(call, dnnl.dnnl_eltwise_soft_relu, -1f, false, in, copyOf(call, in));
            case ELU -> elu(call, 1f, in);
            case LEAKY_RELU -> leakyRelu(call, (float) Rectifiers.LEAKY_RELU_SLOPE_DEFAULT, in);
            case RELU ->
                in.value().isPlain()
                        ? apply(call, activation.function(), in)
                        : eltwise(call, dnnl.dnnl_eltwise_relu_use_dst_for_bwd, 0f, true, in, copyOf(call, in));
            default -> apply(call, activation.function(), in);
        };
    }

    /** Adds the operation of any function of one number. */
    public static Signal apply(Lowering call, ElementwiseFunction function, Signal in) {
        Signal plain = call.plain(in);
        Signal out = copyOf(call, plain);
        call.add(new FunctionOp(function, plain, out));
        return out;
    }

    /** {@code x} above 0, {@code slope * x} below. */
    public static Signal leakyRelu(Lowering call, float slope, Signal in) {
        return in.value().isPlain()
                ? apply(call, Rectifiers.leakyRelu(slope), in)
                : eltwise(call, dnnl.dnnl_eltwise_relu, slope, false, in, copyOf(call, in));
    }

    /** {@code x} above 0, {@code alpha * (exp(x) - 1)} below. */
    public static Signal elu(Lowering call, float alpha, Signal in) {
        return eltwise(call, dnnl.dnnl_eltwise_elu, alpha, false, in, copyOf(call, in));
    }

    /**
     * A softmax over neighbouring axes taken together; a loss may start from its logits if that is the last axis alone.
     *
     * @param firstAxis of the shape with rows, at least 1
     * @param lastAxis at least {@code firstAxis}
     */
    public static Signal softmax(Lowering call, Signal in, int firstAxis, int lastAxis) {
        Signal plain = call.plain(in);
        int[] shape = plain.value().shape();
        if (firstAxis == shape.length - 1) {
            return softmax(call, plain);
        }
        int outer = product(shape, 0, firstAxis);
        int classes = product(shape, firstAxis, lastAxis + 1);
        Signal cube = call.reshaped(plain, outer, classes, product(shape, lastAxis + 1, shape.length));
        Signal out = call.signalLike(cube);
        // oneDNN has the channels second, so the axis in the middle is its third.
        call.add(new SoftmaxOp(call.scope(), 2, cube, out));
        return call.reshaped(out, shape);
    }

    private static int product(int[] shape, int from, int to) {
        int product = 1;
        for (int axis = from; axis < to; axis++) {
            product *= shape[axis];
        }
        return product;
    }

    private static Signal softmax(Lowering call, Signal in) {
        Signal out = copyOf(call, in);
        SoftmaxOp op = new SoftmaxOp(call.scope(), 1, in, out);
        call.add(op);
        return new Signal(out.value(), out.gradient(), op);
    }

    private static Signal logSoftmax(Lowering call, Signal in) {
        Signal out = copyOf(call, in);
        call.add(new LogSoftmaxOp(in, out));
        return out;
    }

    private static Signal sparsemax(Lowering call, Signal in) {
        Signal out = copyOf(call, in);
        call.add(new SparsemaxOp(in, out));
        return out;
    }

    private static Signal glu(Lowering call, Signal in) {
        int[] shape = in.value().shape().clone();
        shape[shape.length - 1] /= 2;
        Signal out = call.signal(shape);
        call.add(new GluOp(in, out));
        return out;
    }

    /** Keeps its input, in C order: a loss may start from the logits. */
    private static Signal sigmoid(Lowering call, Signal in) {
        Signal plain = call.plain(in);
        Signal out = copyOf(call, plain);
        EltwiseOp op =
                new EltwiseOp(call.scope(), dnnl.dnnl_eltwise_logistic_use_dst_for_bwd, 0f, 0f, true, plain, out);
        call.add(op);
        return new Signal(out.value(), out.gradient(), op);
    }

    private static Signal eltwise(
            Lowering call, int algorithm, float alpha, boolean fromOutput, Signal in, Signal out) {
        call.add(new EltwiseOp(call.scope(), algorithm, alpha, 0f, fromOutput, in, out));
        return out;
    }

    private static Signal copyOf(Lowering call, Signal in) {
        return call.scope().signalLike(Role.VALUE, in.value(), in.gradient() != null);
    }
}
