package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * When and where {@link TrainingLoop#fit} writes checkpoints. One more is always written where a run ends or is interrupted.
 *
 * @param names gives the prefixes
 * @param every how many epochs or steps lie between two checkpoints, at least 1
 * @param unit of {@code every}
 * @param timeoutNs how long a checkpoint may take to be committed
 * @param configurationHash see {@link TrainingState#configurationHash}
 * @param versions see {@link TrainingState#versions}
 */
public record CheckpointOptions(
        CheckpointNames names,
        long every,
        Unit unit,
        long timeoutNs,
        String configurationHash,
        Map<String, String> versions) {
    private static final long TIMEOUT_NS = TimeUnit.MINUTES.toNanos(10);

    /** What is counted between checkpoints. */
    public enum Unit {
        /** A checkpoint follows the end of every n-th epoch. */
        EPOCHS,
        /** A checkpoint follows every n-th step, counted over all epochs. */
        STEPS
    }

    /** @throws CoveyException a caller's error when a number is not positive */
    public CheckpointOptions {
        if (every < 1) {
            throw CoveyException.caller("checkpoint.every is " + every + ", it must be at least 1");
        }
        if (timeoutNs < 1) {
            throw CoveyException.caller("the checkpoint's timeout is " + timeoutNs + " ns, it must be positive");
        }
        versions = Map.copyOf(versions);
    }

    /** Of checkpoints that are asked for one by one, in a run with these options for others; null if it has no others. */
    static CheckpointOptions like(CheckpointOptions others, CheckpointNames names) {
        return others == null
                ? new CheckpointOptions(names, 1, Unit.EPOCHS, TIMEOUT_NS, "", Map.of())
                : new CheckpointOptions(
                        names, others.every, others.unit, others.timeoutNs, others.configurationHash, others.versions);
    }

    /** Whether a checkpoint follows the end of {@code epoch} if nothing but epochs decides. */
    boolean dueAfterEpoch(int epoch) {
        return unit == Unit.EPOCHS && (epoch + 1) % every == 0;
    }

    /** Whether a checkpoint follows when {@code step} steps are done. */
    boolean dueAtStep(long step) {
        return unit == Unit.STEPS && step % every == 0;
    }

    /** The next number of steps done, up to {@code end}, at which training must pause for a checkpoint. */
    long nextPause(long step, long end) {
        return unit == Unit.STEPS ? Math.min(end, (step / every + 1) * every) : end;
    }
}
