package io.covey.trainer.optimizer;

import io.covey.trainer.memory.ExactSum;
import io.covey.trainer.memory.NativeBlocks;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.memory.Processor;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.regularizers.L1L2;
import java.util.Arrays;

/**
 * Runs an {@link ElementRule} with what the options add before and after it: accumulation, clipping and decay, then the moving
 * average. Works block by block in arrays that stay in the first-level cache.
 */
final class BlockKernel implements UpdateKernel {
    /** Longest block: 4 KB of each operand, of which Adam has four, fit into the first-level cache. */
    static final int MAX_BLOCK = ExactSum.MAX_LENGTH;

    /** Length of a block when the operands come from a cache. */
    private static final int CACHED_BLOCK = 512;

    /** Length when they come from memory to AVX-512, where the processor reads the next block while it computes one. */
    private static final int SHORT_BLOCK = 128;

    /** The same on AMD's processors. */
    private static final int AMD_SHORT_BLOCK = 256;

    /** Bytes of operands that may lie in a processor's last-level cache. */
    private static final long CACHED_BYTES = 16 << 20;

    private final NativeBlocks memory = new NativeBlocks();
    private final VectorKernels vectors = new VectorKernels();
    private final ElementRule rule;
    private final OptimizerOptions options;
    private final boolean decays;
    private final int block;
    private final int accumulatorSlot;
    private final int averageSlot;
    private final float[] parameters = new float[MAX_BLOCK];
    private final float[] gradients = new float[MAX_BLOCK];
    private final float[] extra = new float[MAX_BLOCK];
    private final float[][] own;

    /** @param vectorLength of all parameters that are updated in one step; the bits do not depend on it */
    BlockKernel(Optimizer optimizer, boolean decays, long vectorLength) {
        this.block = block(vectorLength * Float.BYTES * (2 + optimizer.slots().size()));
        this.rule = optimizer.newRule();
        this.options = optimizer.options();
        this.decays = decays;
        // Adafactor's slots are not by element: AdafactorRule has them.
        int ownSlots = optimizer instanceof Adafactor ? 0 : optimizer.ownSlots().size();
        this.own = new float[ownSlots][MAX_BLOCK];
        this.accumulatorSlot = optimizer.slots().indexOf(OptimizerOptions.ACCUMULATOR_SLOT);
        this.averageSlot = optimizer.slots().indexOf(OptimizerOptions.AVERAGE_SLOT);
    }

    private static int block(long operandBytes) {
        if (operandBytes <= CACHED_BYTES) {
            return CACHED_BLOCK;
        }
        // Measured: those without AVX-512 fetch long runs of one operand ahead better than short ones of many.
        if (!NativeLibraries.usesAvx512()) {
            return MAX_BLOCK;
        }
        return Processor.isAmd() ? AMD_SHORT_BLOCK : SHORT_BLOCK;
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
        begin(learningRate, step);
        for (int done = 0; done < length; done += block) {
            int count = Math.min(block, length - done);
            long bytes = (long) done * Float.BYTES;
            memory.read(parameterAddress + bytes, parameters, count);
            readMean(gradientSumAddress + bytes, slotAddresses, bytes, gradientScale, clipFactor, step, count, true);
            if (applies(step)) {
                applyRule(slotAddresses, bytes, learningRate, count);
            }
            average(slotAddresses, bytes, step, count);
            memory.write(parameterAddress + bytes, parameters, count);
        }
    }

    /** Adds the squares of the mean gradient to {@code sum}. */
    void addSquares(
            long gradientSumAddress, long[] slotAddresses, float gradientScale, long step, int length, ExactSum sum) {
        for (int done = 0; done < length && applies(step); done += block) {
            int count = Math.min(block, length - done);
            long bytes = (long) done * Float.BYTES;
            readMean(gradientSumAddress + bytes, slotAddresses, bytes, gradientScale, 1f, step, count, false);
            sum.addSquares(gradients, count);
        }
    }

    /**
     * The first half of {@link #update}: leaves what the rule made of the gradient in its place.
     *
     * @param directionSum null if nobody needs it
     */
    void direction(
            long parameterAddress,
            long[] slotAddresses,
            long gradientSumAddress,
            float gradientScale,
            float clipFactor,
            float learningRate,
            long step,
            int length,
            ExactSum parameterSum,
            ExactSum directionSum) {
        begin(learningRate, step);
        for (int done = 0; done < length; done += block) {
            int count = Math.min(block, length - done);
            long bytes = (long) done * Float.BYTES;
            readMean(gradientSumAddress + bytes, slotAddresses, bytes, gradientScale, clipFactor, step, count, true);
            if (applies(step)) {
                memory.read(parameterAddress + bytes, parameters, count);
                applyRule(slotAddresses, bytes, learningRate, count);
                parameterSum.addSquares(parameters, count);
                if (directionSum != null) {
                    directionSum.addSquares(gradients, count);
                }
                if (decays) {
                    memory.write(parameterAddress + bytes, parameters, count);
                }
                memory.write(gradientSumAddress + bytes, gradients, count);
            }
        }
    }

    /** The second half of {@link #update}: {@code w -= factor * direction}. */
    void follow(
            long parameterAddress, long[] slotAddresses, long directionAddress, float factor, long step, int length) {
        for (int done = 0; done < length; done += block) {
            int count = Math.min(block, length - done);
            long bytes = (long) done * Float.BYTES;
            memory.read(parameterAddress + bytes, parameters, count);
            if (applies(step)) {
                memory.read(directionAddress + bytes, gradients, count);
                for (int i = 0; i < count; i++) {
                    parameters[i] = parameters[i] - factor * gradients[i];
                }
            }
            average(slotAddresses, bytes, step, count);
            memory.write(parameterAddress + bytes, parameters, count);
        }
    }

    /** Adds to summed gradients what makes their mean grow by the derivative of the penalty. */
    void penalize(long parameterAddress, long gradientSumAddress, float scale, L1L2 regularizer, int length) {
        for (int done = 0; done < length; done += block) {
            int count = Math.min(block, length - done);
            long bytes = (long) done * Float.BYTES;
            memory.read(parameterAddress + bytes, parameters, count);
            memory.read(gradientSumAddress + bytes, gradients, count);
            for (int i = 0; i < count; i++) {
                gradients[i] = gradients[i] + regularizer.derivative(parameters[i]) / scale;
            }
            memory.write(gradientSumAddress + bytes, gradients, count);
        }
    }

    /** {@code w = w * momentum + mean * (1 - momentum)}. */
    void average(long targetAddress, long sumAddress, float scale, double momentum, int length) {
        float kept = (float) momentum;
        float taken = (float) (1 - momentum);
        for (int done = 0; done < length; done += block) {
            int count = Math.min(block, length - done);
            long bytes = (long) done * Float.BYTES;
            memory.read(targetAddress + bytes, parameters, count);
            memory.read(sumAddress + bytes, gradients, count);
            for (int i = 0; i < count; i++) {
                parameters[i] = parameters[i] * kept + gradients[i] * scale * taken;
            }
            memory.write(targetAddress + bytes, parameters, count);
        }
    }

    void copy(long targetAddress, long sourceAddress, long length) {
        vectors.copy(targetAddress, sourceAddress, length);
    }

    /** Whether the step updates, or only accumulates. */
    boolean applies(long step) {
        return (step + 1) % options.stepsPerUpdate() == 0;
    }

    private void begin(float learningRate, long step) {
        if (applies(step)) {
            rule.begin(learningRate, step / options.stepsPerUpdate());
        }
    }

    /** Reads the mean gradient of this step, or with accumulation the sum or mean of those since the last update, clipped. */
    private void readMean(
            long address,
            long[] slotAddresses,
            long bytes,
            float scale,
            float clipFactor,
            long step,
            int count,
            boolean store) {
        memory.read(address, gradients, count);
        if (accumulatorSlot < 0) {
            scaleAndClip(scale, clipFactor, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            gradients[i] = gradients[i] * scale;
        }
        long accumulator = slotAddresses[accumulatorSlot] + bytes;
        memory.read(accumulator, extra, count);
        if (applies(step)) {
            float steps = options.stepsPerUpdate();
            for (int i = 0; i < count; i++) {
                gradients[i] = (gradients[i] + extra[i]) / steps;
            }
            scaleAndClip(1f, clipFactor, count);
            Arrays.fill(extra, 0, count, 0f);
        } else {
            for (int i = 0; i < count; i++) {
                extra[i] = gradients[i] + extra[i];
            }
        }
        if (store) {
            memory.write(accumulator, extra, count);
        }
    }

    /** In one loop: a further one would read and write the block again. */
    private void scaleAndClip(float scale, float clipFactor, int count) {
        if (options.clipping() == Clipping.VALUE) {
            float limit = options.clipvalue().floatValue();
            for (int i = 0; i < count; i++) {
                gradients[i] = Math.min(Math.max(gradients[i] * scale, -limit), limit);
            }
        } else if (clipFactor != 1f) {
            for (int i = 0; i < count; i++) {
                gradients[i] = gradients[i] * scale * clipFactor;
            }
        } else if (scale != 1f) {
            for (int i = 0; i < count; i++) {
                gradients[i] = gradients[i] * scale;
            }
        }
    }

    private void applyRule(long[] slotAddresses, long bytes, float learningRate, int count) {
        if (decays) {
            float share = options.weightDecay().floatValue();
            for (int i = 0; i < count; i++) {
                parameters[i] = parameters[i] - parameters[i] * share * learningRate;
            }
        }
        for (int s = 0; s < own.length; s++) {
            memory.read(slotAddresses[s] + bytes, own[s], count);
        }
        rule.apply(parameters, gradients, own, count);
        for (int s = 0; s < own.length; s++) {
            memory.write(slotAddresses[s] + bytes, own[s], count);
        }
    }

    /** Moves the average of the parameters, and overwrites them with it where that is due. */
    private void average(long[] slotAddresses, long bytes, long step, int count) {
        if (averageSlot < 0) {
            return;
        }
        long updates = step / options.stepsPerUpdate();
        float kept = updates == 0 ? 0f : (float) options.emaMomentum();
        float taken = 1f - kept;
        memory.read(slotAddresses[averageSlot] + bytes, extra, count);
        for (int i = 0; i < count; i++) {
            extra[i] = kept * extra[i] + taken * parameters[i];
        }
        memory.write(slotAddresses[averageSlot] + bytes, extra, count);
        Integer frequency = options.emaOverwriteFrequency();
        if (frequency != null && (updates + 1) % frequency == 0) {
            System.arraycopy(extra, 0, parameters, 0, count);
        }
    }
}
