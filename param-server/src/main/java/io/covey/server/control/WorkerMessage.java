package io.covey.server.control;

import io.covey.server.membership.Holding;
import io.covey.server.membership.Member;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;

/** What a worker tells the coordinator. {@code command} is the number of the {@link Command} that is answered. */
public sealed interface WorkerMessage
        permits WorkerMessage.Heartbeat,
                WorkerMessage.Join,
                WorkerMessage.Answer,
                WorkerMessage.PartsWritten,
                WorkerMessage.PartsFailed,
                WorkerMessage.Paused,
                WorkerMessage.Failed,
                WorkerMessage.Goodbye,
                Progress {

    /** A sign of life, every {@link ClusterTimeouts#HEARTBEAT_INTERVAL_NS}. */
    record Heartbeat() implements WorkerMessage {}

    /**
     * The worker has started.
     *
     * @param version product version, must be the same in all processes
     * @param member how it is reached
     */
    record Join(String version, Member member) implements WorkerMessage {}

    /** The one answer of a worker to a command. */
    sealed interface Answer extends WorkerMessage {
        long command();
    }

    /** The virtual shards' rows are in memory. */
    record Loaded(long command) implements Answer {}

    /** The replica holds the parameters after {@code step} global steps. */
    record Ready(long command, long step) implements Answer {}

    /**
     * The pass has ended, all its {@link Progress} is sent.
     *
     * @param endStep after training, the step after the last
     * @param dropped by worker: contributions that the steps were done without; from the host of server shard 0 in the mode
     *     with backup workers, else empty
     */
    record PassDone(long command, long endStep, SortedMap<Integer, Long> dropped) implements Answer {
        /** A pass that waited for all contributions. */
        public PassDone(long command, long endStep) {
            this(command, endStep, Collections.emptySortedMap());
        }
    }

    /** Hash of the replica. */
    record WeightsHash(long command, String sha256) implements Answer {}

    /** A part of a server shard's exact parameters, or of one of its optimizer slots. */
    record VariablesPart(long command, FloatBuffer values) implements Answer {}

    /** The command is carried out. */
    record Done(long command) implements Answer {}

    /** The hosted shards' parts of a checkpoint are durable. */
    record PartsWritten(long command) implements WorkerMessage {}

    /** The hosted shards' parts of a checkpoint could not be written; the run goes on. */
    record PartsFailed(long command, ErrorReport error) implements WorkerMessage {}

    /** The worker stands still since {@link Command.Pause}; what server shards it can restore. */
    record Paused(List<Holding> holdings) implements WorkerMessage {}

    /** Something is wrong with the worker. */
    record Failed(ErrorReport error, Origin origin) implements WorkerMessage {}

    /** What an error means for the run. */
    enum Origin {
        /** The worker has failed and ends; so does the run. */
        CAUSE,
        /** The error only says that others did not do their part: the worker waits for what the coordinator makes of it. */
        ECHO,
        /** The worker ends because its process or task is told to: it counts as lost. */
        LEAVING
    }

    /** The worker has obeyed {@link Command.Stop}. */
    record Goodbye() implements WorkerMessage {}
}
