package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts checkpoints in the background, one at a time, and brings their failures to the loop's thread. */
final class CheckpointWriter {
    private static final Logger LOGGER = LoggerFactory.getLogger(CheckpointWriter.class);
    private static final long NONE = -1;

    private final TrainingBackend backend;
    private final CheckpointOptions options;
    private CompletableFuture<Void> running;
    private String runningPrefix;
    private long startedStep = NONE;
    private String committedPrefix;

    CheckpointWriter(TrainingBackend backend, CheckpointOptions options) {
        this.backend = backend;
        this.options = options;
    }

    /** Whether the newest checkpoint, finished or not, is that of {@code step}. */
    boolean hasStep(long step) {
        return startedStep == step;
    }

    /** The newest committed prefix, or null. */
    String committedPrefix() {
        return committedPrefix;
    }

    /** Waits for the checkpoint that is being written, then starts the next. */
    void start(TrainingState state) {
        await();
        runningPrefix = options.names().nextPrefix();
        running = backend.checkpoint(runningPrefix, state);
        startedStep = state.step();
    }

    /** Writes a checkpoint and waits until it is committed; again if it is left out. */
    void write(TrainingState state) {
        do {
            start(state);
            await();
        } while (!hasStep(state.step()));
    }

    /** Takes note of a checkpoint that has ended, without waiting; throws the reason if it failed. */
    void poll() {
        if (running != null && running.isDone()) {
            await();
        }
    }

    /** Waits for the checkpoint that is being written, if any; throws the reason if it fails or its time is up. */
    void await() {
        if (running == null) {
            return;
        }
        CompletableFuture<Void> awaited = running;
        running = null;
        try {
            awaited.get(options.timeoutNs(), TimeUnit.NANOSECONDS);
        } catch (CancellationException e) {
            LOGGER.warn("checkpoint {} is left out: a worker was lost before it had written its part", runningPrefix);
            startedStep = NONE;
            return;
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (TimeoutException e) {
            throw CoveyException.failure(
                    "checkpoint " + runningPrefix + " was not committed within "
                            + TimeUnit.NANOSECONDS.toMillis(options.timeoutNs())
                            + " ms: the file system or a parameter server hangs, or the timeout is too short",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CoveyException.failure("interrupted while checkpoint " + runningPrefix + " was being written", e);
        }
        committedPrefix = runningPrefix;
        options.names().committed(committedPrefix);
    }

    private CoveyException failure(Throwable cause) {
        String prefix = "checkpoint " + runningPrefix + " failed: ";
        return cause instanceof CoveyException known
                ? new CoveyException(known.category(), prefix + known.getMessage(), known)
                : CoveyException.failure(prefix + cause, cause);
    }
}
