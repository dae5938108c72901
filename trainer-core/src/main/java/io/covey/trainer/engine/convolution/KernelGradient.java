package io.covey.trainer.engine.convolution;

import io.covey.trainer.engine.Onednn;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Role;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.memory.NativeAddress;
import io.covey.trainer.memory.NativeFloats;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** The gradients of a convolution by its kernel and its bias. */
final class KernelGradient {
    private final ParameterUse kernel;
    private final ParameterUse bias;
    private final NativeFloats biasSum;
    private final PrimitiveCall backward;
    private final PrimitiveCall toKeras;
    private final dnnl_memory target;
    private final NativeAddress targetAddress = new NativeAddress();
    /** The gradient in Keras' layout, to be added to others. */
    private final NativeFloats finished;

    /**
     * Builds the primitives.
     *
     * @param bias null for none
     */
    KernelGradient(
            OnednnScope scope,
            Geometry geometry,
            ForwardConvolution forward,
            ParameterUse kernel,
            ParameterUse bias,
            Tensor input,
            Tensor outputGradient) {
        this.kernel = kernel;
        this.bias = bias;
        dnnl_primitive_desc desc = scope.primitiveDesc(
                "convolution_backward_weights",
                d -> geometry.kind.backwardWeights(
                        d,
                        input.desc(),
                        geometry.anyKernel(scope),
                        forward.biasDesc(),
                        outputGradient.desc(),
                        geometry,
                        forward.desc(),
                        scope.attributes()));
        dnnl_memory_desc kernelDesc = scope.query(desc, dnnl.dnnl_query_diff_weights_md);
        dnnl_memory formatted = scope.memory(
                kernelDesc,
                scope.floats(Role.GRADIENT, OnednnScope.length(kernelDesc)).pointer());
        Arg source = new Arg(dnnl.DNNL_ARG_SRC, input.memory());
        Arg weights = new Arg(dnnl.DNNL_ARG_DIFF_WEIGHTS, formatted);
        Arg destination = new Arg(dnnl.DNNL_ARG_DIFF_DST, outputGradient.memory());
        if (bias == null) {
            biasSum = null;
            backward = scope.call("convolution_backward_weights", desc, source, weights, destination);
        } else {
            biasSum = scope.floats(geometry.filters());
            backward = scope.call(
                    "convolution_backward_weights",
                    desc,
                    source,
                    weights,
                    destination,
                    new Arg(dnnl.DNNL_ARG_DIFF_BIAS, scope.memory(forward.biasDesc(), biasSum.pointer())));
        }
        finished = scope.floats(Role.GRADIENT, kernel.parameter().spec().size());
        dnnl_memory_desc keras = geometry.kerasKernel(scope);
        target = scope.memory(keras, finished.pointer());
        toKeras = scope.reorder(kernelDesc, formatted, keras, target);
    }

    void run(long gradientAddress, boolean accumulate) {
        backward.run();
        boolean accumulates = kernel.accumulates(accumulate);
        write(accumulates ? finished.address() : kernel.gradientAddress(gradientAddress));
        if (accumulates) {
            kernel.deliver(finished, gradientAddress, accumulate);
        }
        if (bias != null) {
            bias.deliver(biasSum, gradientAddress, accumulate);
        }
    }

    private void write(long address) {
        if (targetAddress.address() != address) {
            int status = dnnl.dnnl_memory_set_data_handle(target, targetAddress.at(address));
            if (status != dnnl.dnnl_success) {
                Onednn.check(status, "memory_set_data_handle");
            }
        }
        toKeras.run();
    }
}
