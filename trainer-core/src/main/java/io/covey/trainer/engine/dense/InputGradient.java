package io.covey.trainer.engine.dense;

import io.covey.trainer.engine.Onednn;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Sgemm;
import io.covey.trainer.engine.Tensor;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** {@code input gradient = output gradient @ kernel^T} of a Dense layer on the plain Keras kernel (in, out). */
final class InputGradient {
    private final Tensor outputGradient;
    private final Tensor inputGradient;
    private final ParameterUse kernel;
    private final PrimitiveCall matmul;

    InputGradient(OnednnScope scope, ParameterUse kernel, Tensor outputGradient, Tensor inputGradient) {
        this.outputGradient = outputGradient;
        this.inputGradient = inputGradient;
        this.kernel = kernel;
        boolean isMatmul = ProductChoice.ofProcessor()
                .isInputGradientMatmul(outputGradient.rows(), inputGradient.width(), outputGradient.width());
        matmul = isMatmul ? matmul(scope) : null;
    }

    private PrimitiveCall matmul(OnednnScope scope) {
        int units = outputGradient.width();
        dnnl_memory_desc transposed = scope.strided(new long[] {units, inputGradient.width()}, new long[] {1, units});
        dnnl_primitive_desc desc = scope.primitiveDesc(
                "matmul",
                d -> dnnl.dnnl_matmul_primitive_desc_create(
                        d,
                        Onednn.engine(),
                        outputGradient.desc(),
                        transposed,
                        null,
                        inputGradient.desc(),
                        scope.attributes()));
        return scope.call(
                "matmul",
                desc,
                new Arg(dnnl.DNNL_ARG_SRC, outputGradient.memory()),
                new Arg(dnnl.DNNL_ARG_WEIGHTS, kernel.memory(transposed)),
                new Arg(dnnl.DNNL_ARG_DST, inputGradient.memory()));
    }

    void run() {
        if (matmul != null) {
            matmul.run();
        } else {
            Sgemm.timesTransposed(
                    outputGradient.rows(),
                    inputGradient.width(),
                    outputGradient.width(),
                    outputGradient.values().pointer(),
                    kernel.parameter().values(),
                    inputGradient.values().pointer());
        }
    }
}
