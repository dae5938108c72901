package io.covey.trainer.training;

import java.util.function.Function;

/**
 * The checkpoints of one call of {@code fit}: those of its options, if it has any, and those that callbacks ask for. Used by
 * the loop's thread.
 */
final class FitCheckpoints {
    private final TrainingBackend backend;
    private final CheckpointOptions options;
    private final Function<CheckpointOptions, TrainingState> state;
    private final CheckpointWriter writer;
    private CheckpointNames requested;

    /**
     * @param options null for no checkpoints but those that callbacks ask for
     * @param state where training stands, as a checkpoint with these options says it
     */
    FitCheckpoints(
            TrainingBackend backend, CheckpointOptions options, Function<CheckpointOptions, TrainingState> state) {
        this.backend = backend;
        this.options = options;
        this.state = state;
        this.writer = options == null ? null : new CheckpointWriter(backend, options);
    }

    /** The next number of steps done, up to {@code end}, at which training must pause. */
    long nextPause(long step, long end) {
        return options == null ? end : options.nextPause(step, end);
    }

    boolean dueAtStep(long step) {
        return options != null && options.dueAtStep(step);
    }

    /** Whether a checkpoint follows the end of {@code epoch}, which is after {@code step}. */
    boolean dueAfterEpoch(int epoch, long step) {
        return options != null && (options.dueAfterEpoch(epoch) || options.dueAtStep(step));
    }

    /** Starts a checkpoint in the background; nothing if there are no options. */
    void start() {
        if (writer != null) {
            writer.start(state.apply(options));
        }
    }

    /** Takes note of a checkpoint that has ended, without waiting; throws the reason if it failed. */
    void poll() {
        if (writer != null) {
            writer.poll();
        }
    }

    /** Waits for the checkpoint that is being written; throws the reason if it fails. */
    void await() {
        if (writer != null) {
            writer.await();
        }
    }

    /** The same after a failure, which remains the cause. */
    void awaitAfter(Throwable failure) {
        try {
            await();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Writes what a resume starts from.
     *
     * @param changed whether the checkpoint of {@code step}, if there is one, does not have the weights of now
     * @param moved whether this run has done a step
     */
    void writeLast(long step, boolean changed, boolean moved) {
        await();
        if (writer != null && (changed || (moved && !writer.hasStep(step)))) {
            writer.write(state.apply(options));
        }
    }

    /** A callback asks for a checkpoint, see {@link io.covey.trainer.callbacks.Training#requestCheckpoint}. */
    void request(CheckpointNames names) {
        requested = names;
    }

    boolean isRequested() {
        return requested != null;
    }

    /** Writes the checkpoint that a callback asked for, if one did, and waits until it is committed. */
    void writeRequested() {
        if (requested != null) {
            CheckpointOptions once = CheckpointOptions.like(options, requested);
            requested = null;
            await();
            new CheckpointWriter(backend, once).write(state.apply(once));
        }
    }

    /** The newest committed prefix of the options' checkpoints, or null. */
    String committedPrefix() {
        return writer == null ? null : writer.committedPrefix();
    }
}
