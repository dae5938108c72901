package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.Onednn;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Role;
import io.covey.trainer.memory.NativeAddress;
import io.covey.trainer.memory.NativeFloats;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * {@code target = source @ kernel^T} for one step after the other. All steps read the same kernel, so it is brought once in
 * each run to the format that oneDNN likes best.
 */
final class TransposedProduct {
    private final dnnl_memory source;
    private final NativeAddress sourceAddress = new NativeAddress();
    private final PrimitiveCall reorder;
    private final PrimitiveCall product;

    /**
     * A product.
     *
     * @param kernel (k, width)
     * @param rows rows of the source (rows, width)
     * @param target (rows, k)
     */
    TransposedProduct(OnednnScope scope, ParameterUse kernel, int rows, NativeFloats target) {
        int k = kernel.parameter().spec().shape().get(0);
        int width = kernel.parameter().spec().shape().get(1);
        dnnl_memory_desc sourceDesc = scope.desc(dnnl.dnnl_f32, dnnl.dnnl_ab, rows, width);
        dnnl_memory_desc targetDesc = scope.desc(dnnl.dnnl_f32, dnnl.dnnl_ab, rows, k);
        dnnl_memory_desc plain = scope.strided(new long[] {width, k}, new long[] {1, width});
        dnnl_memory_desc any = scope.anyFormat(width, k);
        dnnl_primitive_desc desc = scope.primitiveDesc(
                "matmul",
                d -> dnnl.dnnl_matmul_primitive_desc_create(
                        d, Onednn.engine(), sourceDesc, any, null, targetDesc, scope.attributes()));
        dnnl_memory_desc liked = scope.query(desc, dnnl.dnnl_query_weights_md);
        dnnl_memory formatted = scope.memory(
                liked, scope.floats(Role.GRADIENT, OnednnScope.length(liked)).pointer());
        reorder = scope.reorder(plain, kernel.memory(plain), liked, formatted);
        source = scope.memory(sourceDesc, null);
        product = scope.call(
                "matmul",
                desc,
                new Arg(dnnl.DNNL_ARG_SRC, source),
                new Arg(dnnl.DNNL_ARG_WEIGHTS, formatted),
                new Arg(dnnl.DNNL_ARG_DST, scope.memory(targetDesc, target.pointer())));
    }

    /** Reads the kernel of a run. */
    void begin() {
        reorder.run();
    }

    /** Multiplies the source at {@code address}. */
    void run(long address) {
        int status = dnnl.dnnl_memory_set_data_handle(source, sourceAddress.at(address));
        if (status != dnnl.dnnl_success) {
            Onednn.check(status, "memory_set_data_handle");
        }
        product.run();
    }
}
