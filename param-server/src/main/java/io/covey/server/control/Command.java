package io.covey.server.control;

import io.covey.server.membership.Topology;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import java.nio.FloatBuffer;

/**
 * What the coordinator tells a worker. Commands of a run are numbered from 1; a worker's answer names the command's number.
 */
public sealed interface Command {
    /** Who takes part and what each owns. The worker loads its virtual shards and answers {@link WorkerMessage.Loaded}. */
    record Assign(long command, Topology topology) implements Command {}

    /**
     * All have loaded. The worker connects to all others, fills the server shards that it hosts, synchronizes, and answers
     * {@link WorkerMessage.Ready}.
     *
     * @param heldStep fill from what the worker holds, as it was before this step; {@link #NOT_HELD} to fill anew
     * @param prefix the checkpoint to fill from then; empty for what the run has started from
     */
    record Connect(long command, long heldStep, String prefix) implements Command {
        public static final long NOT_HELD = -1;
    }

    /**
     * The membership changes: stop whatever you do, wherever you are, and answer {@link WorkerMessage.Paused}. The message's
     * epoch is that of the membership to come.
     */
    record Pause() implements Command {}

    /** You count as lost: end. The worker may join anew under another number. */
    record Dismiss(String reason) implements Command {
        public Dismiss {
            reason = bounded(reason);
        }
    }

    /** Run these steps; {@link WorkerMessage.Progress} streams back, at the end {@link WorkerMessage.PassDone}. */
    record Train(long command, EpochPlan plan) implements Command {}

    /** Make the next step of the {@link Train} command of this number the last; nothing if that has ended. */
    record StopTraining(long command) implements Command {}

    /** Run this data in inference mode; answers as for {@link Train}. */
    record Evaluate(long command, DataSplit split) implements Command {}

    /** Hash the replica of the weights; the answer is {@link WorkerMessage.WeightsHash}. */
    record HashWeights(long command) implements Command {}

    /**
     * Send a part of the server shard that the member hosts, exact; the answer is {@link WorkerMessage.VariablesPart}.
     *
     * @param vector {@link #PARAMETERS}, or the index of one of the optimizer's slots
     * @param offset in the flat vector
     * @param length at most {@link FloatsCodec#MAX_FLOATS}; all of one server shard
     */
    record ReadVariables(long command, int vector, long offset, int length) implements Command {
        public static final int PARAMETERS = -1;
    }

    /**
     * Put weights into a hosted server shard, whose slots stay; the answer is {@link WorkerMessage.Done}. They are in the
     * replicas after {@link Synchronize}.
     *
     * @param offset in the flat vector
     * @param values at most {@link FloatsCodec#MAX_FLOATS}; all of one server shard
     */
    record WriteWeights(long command, long offset, FloatBuffer values) implements Command {}

    /** Take all server shards' parameters as those before {@code step}; the answer is {@link WorkerMessage.Done}. */
    record Synchronize(long command, long step) implements Command {}

    /**
     * Training has ended with Keras' {@code use_ema}: in the hosted server shards the moving averages take the parameters'
     * place, and all replicas get them. Doing it twice is as good as once. Answers {@link WorkerMessage.PassDone} with the step
     * that the parameters are before.
     */
    record OverwriteWithAverages(long command) implements Command {}

    /**
     * Copy the hosted server shards now and write them in the background; the answer is
     * {@link WorkerMessage.PartsWritten} or {@link WorkerMessage.PartsFailed}.
     *
     * @param step global steps that the shards must have done
     * @param prefix the checkpoint's prefix
     * @param attempt tells the parts of this attempt from those of others
     */
    record WriteParts(long command, long step, String prefix, String attempt) implements Command {}

    /**
     * End.
     *
     * @param reason empty when the job is done, otherwise what failed
     */
    record Stop(String reason) implements Command {
        /** The longest reason that is sent. */
        public static final int REASON_LIMIT = 4_000;

        public Stop {
            reason = bounded(reason);
        }
    }

    private static String bounded(String reason) {
        return reason.length() <= Stop.REASON_LIMIT ? reason : reason.substring(0, Stop.REASON_LIMIT - 3) + "...";
    }
}
