package io.covey.trainer.optimizer;

import io.covey.trainer.memory.VectorKernels;

/** SGD with neither momentum nor options: two passes of BLAS. */
final class PlainSgdKernel implements UpdateKernel {
    private final VectorKernels kernels = new VectorKernels();

    /** Whether the optimizer is that simple. */
    static boolean fits(Optimizer optimizer) {
        return optimizer instanceof Sgd
                && optimizer.slots().isEmpty()
                && optimizer.options().clipping() == Clipping.NONE;
    }

    @Override
    public void update(
            long parameterAddress,
            long[] slotAddresses,
            long gradientSumAddress,
            float gradientScale,
            float clipFactor,
            float learningRate,
            long step,
            int length) {
        // Scale, then add: two roundings on every machine, where one saxpy may or may not fuse them.
        kernels.scale(gradientSumAddress, -(learningRate * gradientScale), length);
        kernels.add(parameterAddress, gradientSumAddress, length);
    }
}
