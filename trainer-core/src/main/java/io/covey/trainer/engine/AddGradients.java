package io.covey.trainer.engine;

import io.covey.trainer.memory.VectorKernels;
import java.util.ArrayList;
import java.util.List;

/** Adds the gradients that several consumers of a tensor have written, in the order of the consumers. */
final class AddGradients implements Op {
    private final Tensor target;
    private final List<Tensor> others = new ArrayList<>();
    private final VectorKernels kernels = new VectorKernels();
    private boolean hasFirst;

    /** @param target the sum, and the first consumer's gradient */
    AddGradients(Tensor target) {
        this.target = target;
    }

    boolean hasFirst() {
        return hasFirst;
    }

    void from(Tensor gradient) {
        if (hasFirst) {
            others.add(gradient);
        }
        hasFirst = true;
    }

    @Override
    public void forward() {}

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        for (int i = 0; i < others.size(); i++) {
            kernels.add(
                    target.values().address(),
                    others.get(i).values().address(),
                    target.values().length());
        }
    }
}
