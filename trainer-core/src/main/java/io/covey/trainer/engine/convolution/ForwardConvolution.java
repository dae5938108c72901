package io.covey.trainer.engine.convolution;

import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Tensor;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** The forward primitive, which chooses the formats of input and output. */
final class ForwardConvolution {
    private final OnednnScope scope;
    private final Geometry geometry;
    private final dnnl_memory_desc biasDesc;
    private final dnnl_primitive_desc desc;

    /**
     * Chooses the formats.
     *
     * @param relu whether a relu is applied to the result
     * @param training whether there will be a backward
     */
    ForwardConvolution(OnednnScope scope, Geometry geometry, boolean hasBias, boolean relu, boolean training) {
        this.scope = scope;
        this.geometry = geometry;
        biasDesc = hasBias ? scope.desc(dnnl.dnnl_f32, dnnl.dnnl_a, geometry.filters()) : null;
        dnnl_primitive_attr attributes = relu ? scope.withEltwise(dnnl.dnnl_eltwise_relu) : scope.attributes();
        desc = scope.primitiveDesc(
                "convolution_forward",
                d -> geometry.kind.forward(
                        d,
                        training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                        geometry.anyInput(scope),
                        geometry.anyKernel(scope),
                        biasDesc,
                        geometry.anyOutput(scope),
                        geometry,
                        attributes));
    }

    dnnl_primitive_desc desc() {
        return desc;
    }

    /** Null without a bias. */
    dnnl_memory_desc biasDesc() {
        return biasDesc;
    }

    dnnl_memory_desc inputDesc() {
        return scope.query(desc, dnnl.dnnl_query_src_md);
    }

    dnnl_memory_desc outputDesc() {
        return scope.query(desc, dnnl.dnnl_query_dst_md);
    }

    FormattedKernel kernel(ParameterUse kernel) {
        return new FormattedKernel(scope, geometry, kernel, scope.query(desc, dnnl.dnnl_query_weights_md));
    }

    PrimitiveCall call(Tensor input, FormattedKernel kernel, ParameterUse bias, Tensor output) {
        Arg source = new Arg(dnnl.DNNL_ARG_SRC, input.memory());
        Arg weights = new Arg(dnnl.DNNL_ARG_WEIGHTS, kernel.memory());
        Arg target = new Arg(dnnl.DNNL_ARG_DST, output.memory());
        return bias == null
                ? scope.call("convolution_forward", desc, source, weights, target)
                : scope.call(
                        "convolution_forward",
                        desc,
                        source,
                        weights,
                        target,
                        new Arg(dnnl.DNNL_ARG_BIAS, bias.memory(biasDesc)));
    }
}
