package io.covey.trainer.engine.convolution;

import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Role;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;

/** A kernel of the parameter vector in a format of oneDNN's, to be brought up to date in each run. */
final class FormattedKernel {
    private final dnnl_memory_desc desc;
    private final dnnl_memory memory;
    private final PrimitiveCall reorder;

    FormattedKernel(OnednnScope scope, Geometry geometry, ParameterUse kernel, dnnl_memory_desc desc) {
        this.desc = desc;
        dnnl_memory_desc keras = geometry.kerasKernel(scope);
        dnnl_memory values = kernel.memory(keras);
        memory = scope.memory(
                desc, scope.floats(Role.COPY, OnednnScope.length(desc)).pointer());
        reorder = scope.reorder(keras, values, desc, memory);
    }

    dnnl_memory_desc desc() {
        return desc;
    }

    dnnl_memory memory() {
        return memory;
    }

    void update() {
        reorder.run();
    }
}
