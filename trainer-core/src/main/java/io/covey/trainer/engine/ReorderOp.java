package io.covey.trainer.engine;

/** The same numbers in another format. */
public final class ReorderOp implements Op {
    private final PrimitiveCall forward;
    private final PrimitiveCall backward;

    /** Copies {@code in} to {@code out} forward, and the gradient of {@code out} to that of {@code in} backward. */
    public ReorderOp(OnednnScope scope, Signal in, Signal out) {
        forward = reorder(scope, in.value(), out.value());
        backward = in.gradient() == null ? null : reorder(scope, out.gradient(), in.gradient());
    }

    private static PrimitiveCall reorder(OnednnScope scope, Tensor from, Tensor to) {
        return scope.reorder(from.desc(), from.memory(), to.desc(), to.memory());
    }

    @Override
    public void forward() {
        forward.run();
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (backward != null) {
            backward.run();
        }
    }
}
