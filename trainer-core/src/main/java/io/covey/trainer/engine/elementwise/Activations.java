package io.covey.trainer.engine.elementwise;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.Signal;
import org.bytedeco.dnnl.global.dnnl;

/** Applies activations to signals. */
public final class Activations {
    private Activations() {}

    /**
     * Adds the operation of a layer's activation; the identity needs none.
     *
     * @param in overwritten: nothing else may read it, and its producer must not need it to run backward
     */
    public static Signal applyInPlace(Lowering call, Activation activation, Signal in) {
        return apply(call, activation, in, true);
    }

    /** Adds the operation of an activation that stands alone; the identity needs none. */
    public static Signal apply(Lowering call, Activation activation, Signal in) {
        return apply(call, activation, in, false);
    }

    private static Signal apply(Lowering call, Activation activation, Signal in, boolean inPlace) {
        return switch (activation) {
            case LINEAR -> in;
            case SOFTMAX -> softmax(call, dnnl.dnnl_softmax_accurate, in);
            case LOG_SOFTMAX -> softmax(call, dnnl.dnnl_softmax_log, in);
            case SIGMOID -> sigmoid(call, in);
            case RELU -> fromOutput(call, dnnl.dnnl_eltwise_relu_use_dst_for_bwd, in, inPlace);
            case TANH -> fromOutput(call, dnnl.dnnl_eltwise_tanh_use_dst_for_bwd, in, inPlace);
            default -> throw new IllegalArgumentException("no operation for " + activation);
        };
    }

    private static Signal softmax(Lowering call, int algorithm, Signal in) {
        Signal out = copyOf(call, in);
        SoftmaxOp op = new SoftmaxOp(call.scope(), algorithm, in, out);
        call.add(op);
        return algorithm == dnnl.dnnl_softmax_log ? out : new Signal(out.value(), out.gradient(), op);
    }

    /** Keeps its input: a loss may start from the logits. */
    private static Signal sigmoid(Lowering call, Signal in) {
        Signal out = copyOf(call, in);
        EltwiseOp op = new EltwiseOp(call.scope(), dnnl.dnnl_eltwise_logistic_use_dst_for_bwd, 0f, 0f, true, in, out);
        call.add(op);
        return new Signal(out.value(), out.gradient(), op);
    }

    private static Signal fromOutput(Lowering call, int algorithm, Signal in, boolean inPlace) {
        Signal out = inPlace ? in : copyOf(call, in);
        call.add(new EltwiseOp(call.scope(), algorithm, 0f, 0f, true, in, out));
        return out;
    }

    private static Signal copyOf(Lowering call, Signal in) {
        return new Signal(
                call.scope().tensorLike(in.value()),
                in.gradient() == null ? null : call.scope().tensorLike(in.gradient()));
    }
}
