package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import java.util.Map;

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
