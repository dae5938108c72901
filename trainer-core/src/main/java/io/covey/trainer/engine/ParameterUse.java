package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.model.UpdateRule;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;

/** One operation's use of a variable; a shared layer's variables have several. */
public final class ParameterUse {
    private final OnednnScope scope;
    private final Parameter parameter;
    private final long length;
    private final VectorKernels kernels = new VectorKernels();
    private final boolean gradients;
    private final int laterUses;

    ParameterUse(OnednnScope scope, boolean gradients, Parameter parameter, int laterUses) {
        if (gradients && laterUses > 0 && !(parameter.spec().rule() instanceof UpdateRule.Frozen)) {
            parameter.share(scope);
        }
        this.scope = scope;
        this.gradients = gradients;
        this.parameter = parameter;
        this.length = parameter.spec().size();
        this.laterUses = laterUses;
    }

    /** Of {@code times} uses of the variable in the place of this one, number {@code index}. */
    ParameterUse part(int index, int times) {
        return new ParameterUse(scope, gradients, parameter, laterUses * times + times - 1 - index);
    }

    /** How many operations that use the variable too run after this one. */
    public int laterUses() {
        return laterUses;
    }

    public Parameter parameter() {
        return parameter;
    }

    /** Whether the optimizer updates it, so that its gradient is needed. */
    public boolean isTrainable() {
        return parameter.spec().isTrainable();
    }

    /** Whether the gradient must be added to what stands in its place: the caller asks for it, or another use came before. */
    public boolean accumulates(boolean accumulate) {
        return parameter.isShared() ? laterUses > 0 : accumulate;
    }

    /** Where this variable's gradient goes. */
    public long gradientAddress(long vectorAddress) {
        return parameter.gradientAddress(vectorAddress);
    }

    /**
     * Brings a finished gradient to its place.
     *
     * @param gradient as many numbers as the variable has, and perhaps padding after them
     */
    public void deliver(NativeFloats gradient, long vectorAddress, boolean accumulate) {
        long target = gradientAddress(vectorAddress);
        if (accumulates(accumulate)) {
            kernels.add(target, gradient.address(), length);
        } else {
            kernels.copy(target, gradient.address(), length);
        }
    }

    /** A oneDNN handle on the values in the parameter vector, with the given shape and plain format. */
    public dnnl_memory memory(dnnl_memory_desc desc) {
        dnnl_memory memory = scope.memory(desc, null);
        scope.onBind(() -> {
            int status = dnnl.dnnl_memory_set_data_handle(memory, parameter.values());
            if (status != dnnl.dnnl_success) {
                Onednn.check(status, "memory_set_data_handle");
            }
        });
        return memory;
    }
}
