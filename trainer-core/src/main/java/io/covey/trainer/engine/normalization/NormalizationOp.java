package io.covey.trainer.engine.normalization;

import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Role;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.memory.NativeFloats;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** Any of oneDNN's normalizations, which take the same arguments, with its factors and offsets. */
final class NormalizationOp implements Op {
    /** One of oneDNN's normalizations. */
    interface Primitives {
        /** The descriptor of forward. */
        dnnl_primitive_desc forward(int propagation, int flags);

        /** The descriptor of backward. */
        dnnl_primitive_desc backward(int propagation, int flags, Tensor inputGradient, dnnl_primitive_desc forwardDesc);
    }

    /**
     * What is normalised by.
     *
     * @param mean written by forward, or read if {@code areGiven}
     * @param variance written by forward, or read if {@code areGiven}
     * @param areGiven whether they come from elsewhere
     */
    record Statistics(dnnl_memory mean, dnnl_memory variance, boolean areGiven) {}

    private final ParameterUse gamma;
    private final ParameterUse beta;
    private final PrimitiveCall forward;
    private final PrimitiveCall backward;
    private final NativeFloats gammaSum;
    private final NativeFloats betaSum;

    /**
     * Builds the primitives.
     *
     * @param gamma null for none
     * @param beta null for none
     */
    NormalizationOp(
            OnednnScope scope,
            Primitives primitives,
            Statistics statistics,
            ParameterUse gamma,
            ParameterUse beta,
            Signal in,
            Signal out) {
        this.gamma = gamma;
        this.beta = beta;
        boolean training = out.gradient() != null;
        int flags = (gamma == null ? 0 : dnnl.dnnl_use_scale)
                | (beta == null ? 0 : dnnl.dnnl_use_shift)
                | (statistics.areGiven ? dnnl.dnnl_use_global_stats : 0);
        List<Arg> arguments = new ArrayList<>(List.of(
                new Arg(dnnl.DNNL_ARG_SRC, in.value().memory()),
                new Arg(dnnl.DNNL_ARG_MEAN, statistics.mean),
                new Arg(dnnl.DNNL_ARG_VARIANCE, statistics.variance)));
        if (gamma != null) {
            arguments.add(new Arg(dnnl.DNNL_ARG_SCALE, gamma.memory(vector(scope, gamma))));
        }
        // Without forward_training the statistics would not be written.
        dnnl_primitive_desc forwardDesc = primitives.forward(
                training || !statistics.areGiven ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference, flags);
        List<Arg> forwardArguments = new ArrayList<>(arguments);
        forwardArguments.add(new Arg(dnnl.DNNL_ARG_DST, out.value().memory()));
        if (beta != null) {
            forwardArguments.add(new Arg(dnnl.DNNL_ARG_SHIFT, beta.memory(vector(scope, beta))));
        }
        forward = scope.call("normalization", forwardDesc, forwardArguments.toArray(Arg[]::new));
        gammaSum = training ? sum(scope, gamma) : null;
        betaSum = training ? sum(scope, beta) : null;
        if (!training) {
            backward = null;
            return;
        }
        // The primitive always writes the input's gradient, even if nobody reads it.
        Tensor inputGradient = in.gradient() != null ? in.gradient() : scope.tensorLike(Role.GRADIENT, in.value());
        arguments.add(new Arg(dnnl.DNNL_ARG_DIFF_DST, out.gradient().memory()));
        arguments.add(new Arg(dnnl.DNNL_ARG_DIFF_SRC, inputGradient.memory()));
        if (gamma != null) {
            arguments.add(new Arg(dnnl.DNNL_ARG_DIFF_SCALE, scope.memory(vector(scope, gamma), gammaSum.pointer())));
        }
        if (beta != null) {
            arguments.add(new Arg(dnnl.DNNL_ARG_DIFF_SHIFT, scope.memory(vector(scope, beta), betaSum.pointer())));
        }
        dnnl_primitive_desc backwardDesc = primitives.backward(
                gamma == null && beta == null ? dnnl.dnnl_backward_data : dnnl.dnnl_backward,
                flags,
                inputGradient,
                forwardDesc);
        backward = scope.call("normalization_backward", backwardDesc, arguments.toArray(Arg[]::new));
    }

    private static dnnl_memory_desc vector(OnednnScope scope, ParameterUse use) {
        return scope.desc(dnnl.dnnl_f32, dnnl.dnnl_a, use.parameter().spec().size());
    }

    private static NativeFloats sum(OnednnScope scope, ParameterUse use) {
        return use == null ? null : scope.floats(use.parameter().spec().size());
    }

    @Override
    public void forward() {
        forward.run();
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (backward == null) {
            return;
        }
        backward.run();
        if (gamma != null && gamma.isTrainable()) {
            gamma.deliver(gammaSum, gradientAddress, accumulate);
        }
        if (beta != null && beta.isTrainable()) {
            beta.deliver(betaSum, gradientAddress, accumulate);
        }
    }
}
