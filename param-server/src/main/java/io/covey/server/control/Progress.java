package io.covey.server.control;

import io.covey.trainer.objective.MetricState;
import java.util.Arrays;

/**
 * Metric sums of finished micro-batches, in the order in which they finished. A sender fills and {@link #reset}s one
 * instance again and again; not thread-safe.
 */
public final class Progress implements WorkerMessage {
    /** Entries of the largest message: about 20 KB. */
    public static final int CAPACITY = 512;

    private final int stateLength;
    private final long[] steps;
    private final int[] leaves;
    private final double[] sums;
    private long command;
    private int size;

    /**
     * An empty message.
     *
     * @param stateLength sums per entry
     */
    public Progress(long command, int stateLength) {
        this(command, stateLength, CAPACITY);
    }

    /** An empty message for {@code capacity} entries. */
    Progress(long command, int stateLength, int capacity) {
        this.command = command;
        this.stateLength = stateLength;
        this.steps = new long[capacity];
        this.leaves = new int[capacity];
        this.sums = new double[capacity * stateLength];
    }

    /** Empties the message for its next use. */
    public void reset(long newCommand) {
        command = newCommand;
        size = 0;
    }

    /** Adds what one virtual shard's part of step {@code stepInPass} adds up to. The message must not be full. */
    public void add(long stepInPass, int leaf, MetricState metrics) {
        for (int i = 0; i < stateLength; i++) {
            sums[size * stateLength + i] = metrics.get(i);
        }
        append(stepInPass, leaf);
    }

    void append(long stepInPass, int leaf) {
        steps[size] = stepInPass;
        leaves[size] = leaf;
        size++;
    }

    void sum(int entry, int index, double value) {
        sums[entry * stateLength + index] = value;
    }

    public long command() {
        return command;
    }

    /** Sums per entry. */
    public int stateLength() {
        return stateLength;
    }

    /** Number of entries. */
    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == steps.length;
    }

    /** Step of an entry: the batch's index within its pass. */
    public long step(int entry) {
        return steps[entry];
    }

    /** Virtual shard of an entry. */
    public int leaf(int entry) {
        return leaves[entry];
    }

    /** One of an entry's sums. */
    public double sum(int entry, int index) {
        return sums[entry * stateLength + index];
    }

    @Override
    public String toString() {
        return "Progress[command=" + command + ", steps=" + Arrays.toString(Arrays.copyOf(steps, size)) + ", leaves="
                + Arrays.toString(Arrays.copyOf(leaves, size)) + ", sums="
                + Arrays.toString(Arrays.copyOf(sums, size * stateLength)) + "]";
    }
}
