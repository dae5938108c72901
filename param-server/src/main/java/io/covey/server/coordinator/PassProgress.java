package io.covey.server.coordinator;

import io.covey.server.control.Progress;
import io.covey.server.membership.Topology;
import io.covey.trainer.CoveyException;
import io.covey.trainer.objective.MetricState;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Puts the workers' metric sums of one pass together: step by step in order, each step's virtual shards in ascending order,
 * so that the sums' bits do not depend on who sent what when. Workers may be ahead of each other by any number of steps. After a
 * change of membership steps may be reported again: they have the same sums, and what is there already is dropped.
 */
final class PassProgress {
    private static final int INITIAL_CAPACITY = 64;

    private final int leaves;
    private final int stateLength;
    private final long endStep;
    private long command;
    private boolean repeats;
    private Step[] ring = new Step[INITIAL_CAPACITY];
    private long nextStep;
    private long highestStep;

    /**
     * A pass.
     *
     * @param leaves number of virtual shards
     * @param stateLength sums per micro-batch
     * @param firstStep index within the pass of the first step to run
     * @param endStep the index after the last one
     */
    PassProgress(int leaves, int stateLength, long firstStep, long endStep) {
        this.leaves = leaves;
        this.stateLength = stateLength;
        this.nextStep = firstStep;
        this.highestStep = firstStep - 1;
        this.endStep = endStep;
    }

    /** Is run by this command from now on. */
    void runBy(long newCommand) {
        repeats = command != 0;
        command = newCommand;
    }

    /** Whether all virtual shards of the steps before {@code step} are here. */
    boolean isCompleteBefore(long step) {
        for (long each = nextStep; each < step; each++) {
            if (each > highestStep || missingCount(each) > 0) {
                return false;
            }
        }
        return true;
    }

    /** Takes a message; one of an earlier pass is of no interest any more. */
    void add(int worker, Progress progress) {
        if (progress.command() != command) {
            return;
        }
        for (int i = 0; i < progress.size(); i++) {
            long number = progress.step(i);
            int leaf = progress.leaf(i);
            boolean known = leaf >= 0 && leaf < leaves && progress.stateLength() == stateLength && number < endStep;
            boolean repeated =
                    known && (number < nextStep || step(number).present.get(leaf));
            if (!known || (repeated && !repeats)) {
                throw CoveyException.failure(
                        "worker " + worker + " reported virtual shard " + leaf + " of step " + number
                                + " with " + progress.stateLength() + " sums; that was not due (next step " + nextStep
                                + ", end " + endStep + ", " + stateLength + " sums, " + leaves + " virtual shards)");
            }
            if (!repeated) {
                step(number).add(leaf, progress, i);
            }
        }
    }

    /** Number of the command that runs the pass. */
    long command() {
        return command;
    }

    /** The next step to complete, as an index within the pass. */
    long nextStep() {
        return nextStep;
    }

    /** Steps that are here in whole or in part. */
    long buffered() {
        return highestStep + 1 - nextStep;
    }

    /** Whether all virtual shards of the next step are here. */
    boolean isStepComplete() {
        return buffered() > 0 && missingCount(nextStep) == 0;
    }

    /** Moves on by one step if it is complete, and puts its sums into {@code target}. */
    boolean poll(MetricState target) {
        if (!isStepComplete()) {
            return false;
        }
        Step step = ring[slot(nextStep)];
        target.reset();
        for (int leaf = 0; leaf < leaves; leaf++) {
            for (int k = 0; k < stateLength; k++) {
                target.add(k, step.sums[leaf * stateLength + k]);
            }
        }
        step.present.clear();
        nextStep++;
        return true;
    }

    /** Which virtual shards of the next step are not here, and whose they are; empty at the end of the pass. */
    String describeMissing(Topology members) {
        return missingLeaves().stream()
                .collect(Collectors.groupingBy(
                        leaf -> members.leafOwners().get(leaf), TreeMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(owned -> "virtual shards " + owned.getValue() + " of "
                        + members.members().get(owned.getKey()))
                .collect(Collectors.joining(", "));
    }

    /** Virtual shards of the next step that are not here; none at the end of the pass. */
    List<Integer> missingLeaves() {
        Step step = ring[slot(nextStep)];
        return IntStream.range(0, nextStep < endStep ? leaves : 0)
                .filter(leaf -> step == null || !step.present.get(leaf))
                .boxed()
                .toList();
    }

    private int missingCount(long number) {
        Step step = ring[slot(number)];
        return leaves - (step == null ? 0 : step.present.cardinality());
    }

    private Step step(long number) {
        if (number - nextStep >= ring.length) {
            grow(number);
        }
        highestStep = Math.max(highestStep, number);
        int slot = slot(number);
        if (ring[slot] == null) {
            ring[slot] = new Step();
        }
        return ring[slot];
    }

    private void grow(long number) {
        int capacity = ring.length;
        while (number - nextStep >= capacity) {
            capacity = Math.multiplyExact(capacity, 2);
        }
        Step[] larger = new Step[capacity];
        for (long step = nextStep; step <= highestStep; step++) {
            larger[(int) (step & (capacity - 1))] = ring[slot(step)];
        }
        ring = larger;
    }

    private int slot(long step) {
        return (int) (step & (ring.length - 1));
    }

    /** Sums of one step's virtual shards; used again for a later step. */
    private final class Step {
        private final double[] sums = new double[leaves * stateLength];
        private final BitSet present = new BitSet(leaves);

        void add(int leaf, Progress progress, int entry) {
            present.set(leaf);
            for (int k = 0; k < stateLength; k++) {
                sums[leaf * stateLength + k] = progress.sum(entry, k);
            }
        }
    }
}
