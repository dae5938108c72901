package io.covey.server.shard;

import io.covey.trainer.CoveyException;
import java.util.Arrays;

/** What the contributions to one step say of it besides their gradients. Used by the shard's thread. */
final class StepTerms {
    private final int[] owners;
    /** By contribution. */
    private final int[] samples;

    private float learningRate = Float.NaN;
    private boolean last;

    /** @param owners worker of each contribution */
    StepTerms(int[] owners) {
        this.owners = owners;
        this.samples = new int[owners.length];
    }

    /** Begins a step. */
    void clear() {
        Arrays.fill(samples, 0);
        learningRate = Float.NaN;
        last = false;
    }

    /** Takes what a contribution says; returns what is wrong with it, or null. */
    CoveyException add(int contribution, long step, int newSamples, float newLearningRate, boolean lastWanted) {
        CoveyException failure = null;
        if (!Float.isNaN(learningRate) && learningRate != newLearningRate) {
            failure = CoveyException.failure("workers disagree on the learning rate of step " + step + ": worker "
                    + owners[contribution] + " has " + newLearningRate + ", another " + learningRate);
        }
        learningRate = newLearningRate;
        samples[contribution] = newSamples;
        last |= lastWanted;
        return failure;
    }

    /** Samples in all contributions. */
    int samples() {
        int count = 0;
        for (int each : samples) {
            count += each;
        }
        return count;
    }

    float learningRate() {
        return learningRate;
    }

    /** Whether some worker wants the step to be the last. */
    boolean isLast() {
        return last;
    }
}
