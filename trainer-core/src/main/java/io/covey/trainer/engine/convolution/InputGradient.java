package io.covey.trainer.engine.convolution;

import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Tensor;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** The gradient of a convolution by its input. */
final class InputGradient {
    private final FormattedKernel ownKernel;
    private final PrimitiveCall backward;

    /**
     * Builds the primitives.
     *
     * @param forwardKernel used as it is where its format fits
     */
    InputGradient(
            OnednnScope scope,
            Geometry geometry,
            ForwardConvolution forward,
            ParameterUse kernel,
            FormattedKernel forwardKernel,
            Tensor outputGradient,
            Tensor inputGradient) {
        dnnl_primitive_desc desc = scope.primitiveDesc(
                "convolution_backward_data",
                d -> geometry.kind.backwardData(
                        d,
                        inputGradient.desc(),
                        geometry.anyKernel(scope),
                        outputGradient.desc(),
                        geometry,
                        forward.desc(),
                        scope.attributes()));
        dnnl_memory_desc kernelDesc = scope.query(desc, dnnl.dnnl_query_weights_md);
        boolean isShared = dnnl.dnnl_memory_desc_equal(kernelDesc, forwardKernel.desc()) != 0;
        ownKernel = isShared ? null : new FormattedKernel(scope, geometry, kernel, kernelDesc);
        backward = scope.call(
                "convolution_backward_data",
                desc,
                new Arg(dnnl.DNNL_ARG_DIFF_DST, outputGradient.memory()),
                new Arg(dnnl.DNNL_ARG_WEIGHTS, (isShared ? forwardKernel : ownKernel).memory()),
                new Arg(dnnl.DNNL_ARG_DIFF_SRC, inputGradient.memory()));
    }

    void run() {
        if (ownKernel != null) {
            ownKernel.update();
        }
        backward.run();
    }
}
