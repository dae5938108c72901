package io.covey.trainer.optimizer;

/**
 * Applies one optimizer step to a range of the flat vectors. Element-wise: cutting a range anywhere leaves the bits as they
 * are. Not thread-safe.
 */
public interface UpdateKernel {
    /**
     * Updates {@code length} parameters in place.
     *
     * @param parameterAddress native address of the first parameter
     * @param slotAddresses native address of the first element of each slot, in the order of {@link Optimizer#slots}
     * @param gradientSumAddress native address of the summed gradient; overwritten as scratch
     * @param gradientScale what turns the sum into the mean: 1 / samples
     * @param clipFactor what clipping by norm multiplies the mean gradient by, 1 for nothing
     * @param learningRate this step's learning rate
     * @param step the step's number, from 0
     * @param length number of floats
     */
    void update(
            long parameterAddress,
            long[] slotAddresses,
            long gradientSumAddress,
            float gradientScale,
            float clipFactor,
            float learningRate,
            long step,
            int length);
}
