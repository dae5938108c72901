package io.covey.trainer.engine.merging;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.util.List;

/** The sum of tensors in one format, whatever that is. */
final class AddOp implements Op {
    private final Signal[] inputs;
    private final Signal out;
    private final VectorKernels kernels = new VectorKernels();

    AddOp(List<Signal> inputs, Signal out) {
        this.inputs = inputs.toArray(Signal[]::new);
        this.out = out;
    }

    @Override
    public void forward() {
        NativeFloats sum = out.value().values();
        kernels.copy(sum.address(), inputs[0].value().values().address(), sum.length());
        for (int i = 1; i < inputs.length; i++) {
            kernels.add(sum.address(), inputs[i].value().values().address(), sum.length());
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        for (Signal input : inputs) {
            if (input.gradient() != null) {
                NativeFloats gradient = out.gradient().values();
                kernels.copy(input.gradient().values().address(), gradient.address(), gradient.length());
            }
        }
    }
}
