package io.covey.trainer.optimizer;

/**
 * An optimizer's formula on a block of elements, in float32 with one rounding per operation, as Keras' graphs compute it.
 * Element i of the results depends on element i of the operands only. Not thread-safe.
 */
public interface ElementRule {
    /**
     * Computes what is the same for all elements.
     *
     * @param learningRate this step's learning rate
     * @param step the step's number, from 0
     */
    void begin(float learningRate, long step);

    /**
     * Updates the first {@code length} elements. Plain loops over equal indices, which the JIT vectorises.
     *
     * @param parameters in and out
     * @param gradients mean gradient; may be overwritten
     * @param slots in and out, in the order of {@link Optimizer#ownSlots}
     * @param length number of elements, at most {@link BlockKernel#MAX_BLOCK}
     */
    void apply(float[] parameters, float[] gradients, float[][] slots, int length);
}
