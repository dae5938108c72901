package io.covey.trainer.engine.attention;

import io.covey.trainer.engine.Onednn;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import org.bytedeco.dnnl.global.dnnl;

/** Products of as many pairs of matrices as there are samples and heads. */
final class ProductOp implements Op {
    private final PrimitiveCall forward;
    private final PrimitiveCall leftGradient;
    private final PrimitiveCall rightGradient;

    /**
     * One factor, or the product.
     *
     * @param matrices where they lie in the signal
     */
    record Factor(Signal signal, Matrices matrices) {}

    ProductOp(OnednnScope scope, Factor left, Factor right, Factor out) {
        forward = product(
                scope,
                left.signal.value(),
                left.matrices,
                right.signal.value(),
                right.matrices,
                out.signal.value(),
                out.matrices);
        Tensor gradient = out.signal.gradient();
        leftGradient = gradient == null || left.signal.gradient() == null
                ? null
                : product(
                        scope,
                        gradient,
                        out.matrices,
                        right.signal.value(),
                        right.matrices.transposed(),
                        left.signal.gradient(),
                        left.matrices);
        rightGradient = gradient == null || right.signal.gradient() == null
                ? null
                : product(
                        scope,
                        left.signal.value(),
                        left.matrices.transposed(),
                        gradient,
                        out.matrices,
                        right.signal.gradient(),
                        right.matrices);
    }

    private static PrimitiveCall product(
            OnednnScope scope, Tensor a, Matrices ofA, Tensor b, Matrices ofB, Tensor c, Matrices ofC) {
        return scope.call(
                "attention_product",
                scope.primitiveDesc(
                        "matmul",
                        d -> dnnl.dnnl_matmul_primitive_desc_create(
                                d,
                                Onednn.engine(),
                                ofA.desc(scope),
                                ofB.desc(scope),
                                null,
                                ofC.desc(scope),
                                scope.attributes())),
                new Arg(dnnl.DNNL_ARG_SRC, ofA.memory(scope, a)),
                new Arg(dnnl.DNNL_ARG_WEIGHTS, ofB.memory(scope, b)),
                new Arg(dnnl.DNNL_ARG_DST, ofC.memory(scope, c)));
    }

    @Override
    public void forward() {
        forward.run();
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (leftGradient != null) {
            leftGradient.run();
        }
        if (rightGradient != null) {
            rightGradient.run();
        }
    }
}
