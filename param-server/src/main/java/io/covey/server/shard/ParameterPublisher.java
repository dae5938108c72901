package io.covey.server.shard;

import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.FrameHeader;
import io.covey.server.frame.FramePublication;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.CloseHelper;

/**
 * Publishes a shard's parameters: each chunk as soon as it is updated, to each stream as soon as that takes it, and to the
 * workers of this process where they lie. Used by the shard's thread.
 */
final class ParameterPublisher implements AutoCloseable {
    private final ChunkedRange range;
    private final int chunks;
    private final ShardParameters parameters;
    private final FramePublication[] publications;
    private final InProcessShard inProcess;
    private final int[] inProcessWorkers;
    private final int[] spectators;
    private final SlotPublisher replica;

    /** Chunks in the order in which they were updated. */
    private final int[] queue;

    private int queued;
    /** How many of them each publication has taken. */
    private final int[] published;

    private final boolean[] probed;

    private long step = Long.MIN_VALUE;
    private boolean last;
    private int generation;
    private long position;

    /**
     * @param spectators those among {@code inProcessWorkers} that contribute to no step; the others have taken a step's
     *     parameters when they contribute to the next
     * @param replica takes the optimizer's slots, or null
     */
    ParameterPublisher(
            ChunkedRange range,
            ShardParameters parameters,
            List<FramePublication> publications,
            InProcessShard inProcess,
            int[] inProcessWorkers,
            int[] spectators,
            SlotPublisher replica) {
        this.range = range;
        this.chunks = range.chunks();
        this.parameters = parameters;
        this.publications = publications.toArray(FramePublication[]::new);
        this.inProcess = inProcess;
        this.inProcessWorkers = inProcessWorkers;
        this.spectators = spectators;
        this.replica = replica;
        this.queue = new int[chunks];
        this.published = new int[publications.size()];
        this.probed = new boolean[publications.size()];
    }

    /** The step whose parameters were published last. */
    long step() {
        return step;
    }

    /** Number of synchronizes. */
    int generation() {
        return generation;
    }

    /** Publishes one whole chunk of no meaning to each stream; whether all have taken it. */
    boolean probe() {
        boolean all = true;
        for (int p = 0; p < publications.length; p++) {
            probed[p] = probed[p]
                    || publications[p].tryPublish(
                            FrameHeader.PROBE,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0f,
                            parameters.exact().address(0),
                            range.length(0));
            all &= probed[p];
        }
        return (replica == null || replica.probe()) && all;
    }

    /** Publishes all chunks, after a synchronize, as those of {@code newStep}. */
    void distribute(long newStep) {
        position = InProcessShard.position(++generation, 0);
        begin(newStep, false);
        for (int chunk = 0; chunk < chunks; chunk++) {
            publish(chunk);
        }
    }

    /** The chunks to come are those of {@code newStep}; call it when {@link #isDone}. */
    void begin(long newStep, boolean newLast) {
        step = newStep;
        last = newLast;
        queued = 0;
        Arrays.fill(published, 0);
        if (replica != null) {
            replica.begin();
        }
    }

    /** Publishes {@code chunk}, now or in a later {@link #doWork}. */
    void publish(int chunk) {
        parameters.changed(chunk);
        queue[queued++] = chunk;
        inProcess.publish(chunk, ++position, last);
        doWork();
    }

    /** Gives the streams what they take; returns the number of frames. */
    int doWork() {
        int work = 0;
        for (int p = 0; p < publications.length; p++) {
            while (published[p] < queued && parameters.tryPublish(publications[p], queue[published[p]], step, last)) {
                published[p]++;
                work++;
            }
        }
        if (replica != null) {
            work += replica.send(queue, queued, step);
        }
        return work;
    }

    /** Whether the parameters may change: the streams have them all, and spectators do not lag. */
    boolean isDone() {
        for (int count : published) {
            if (count < queued) {
                return false;
            }
        }
        return (replica == null || replica.isDone(queued)) && isTakenBy(spectators);
    }

    /** Whether all workers of this process have taken the parameters. */
    boolean isTaken() {
        return isTakenBy(inProcessWorkers);
    }

    private boolean isTakenBy(int[] workers) {
        for (int worker : workers) {
            if (inProcess.consumed(worker) < position) {
                return false;
            }
        }
        return true;
    }

    /** Who does not take what is ready. */
    List<String> blocked() {
        Stream<String> streams = IntStream.range(0, publications.length)
                .filter(p -> published[p] < queued)
                .mapToObj(p -> publications[p].toString());
        Stream<String> workers = Arrays.stream(spectators)
                .filter(w -> inProcess.consumed(w) < position)
                .mapToObj(w -> "worker " + w + " in this process");
        Stream<String> slots =
                Stream.ofNullable(replica).filter(r -> !r.isDone(queued)).map(SlotPublisher::toString);
        return Stream.of(streams, workers, slots).flatMap(s -> s).toList();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(publications);
        CloseHelper.close(replica);
    }
}
