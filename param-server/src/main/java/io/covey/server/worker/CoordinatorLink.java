package io.covey.server.worker;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.Command;
import io.covey.server.control.ControlClient;
import io.covey.server.control.ControlCodec;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.control.WorkerMessage;
import io.covey.server.transport.TransportNode;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's connection to the coordinator. Used by the worker's thread.
 *
 * <p>The coordinator may be silent for as long as a callback takes; it is gone when its end of the connection is closed,
 * which the media driver does for a dead process.
 */
final class CoordinatorLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorLink.class);
    private static final long LEAVE_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LINGER_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(1);

    private final int worker;
    private final CoordinatorAddress coordinator;
    private final ClusterTimeouts timeouts;
    private final NanoClock clock;
    private final ControlClient client;
    private final ControlCodec.Receiver<Command> receiver = this::onCommand;
    private final Queue<Command> commands = new ArrayDeque<>();
    private Heartbeats heartbeats;
    private String stopReason;
    private long stopTraining;
    private String dismissal;
    private int pauseEpoch;
    private long staleCommands;
    private int epoch;
    private long connectedNs;
    private long polledNs;

    CoordinatorLink(
            int worker, CoordinatorAddress coordinator, TransportNode node, ClusterTimeouts timeouts, NanoClock clock) {
        this.worker = worker;
        this.coordinator = coordinator;
        this.timeouts = timeouts;
        this.clock = clock;
        client = new ControlClient(worker, coordinator, node);
        connectedNs = clock.nanoTime();
        polledNs = connectedNs;
    }

    /** From now on the worker gives signs of life. */
    void startHeartbeats() {
        heartbeats = new Heartbeats(worker, client, clock);
    }

    /**
     * Takes in what the coordinator says, without waiting.
     *
     * @return 0 if nothing has come
     * @throws CoordinatorLostException when the coordinator is gone
     * @throws DismissedException when this worker counts as lost
     */
    int poll() {
        int work = client.poll(receiver);
        if (dismissal != null) {
            throw new DismissedException("worker " + worker + " counts as lost: " + dismissal);
        }
        checkDriver(null);
        if (heartbeats != null && heartbeats.pauseNs() > timeouts.heartbeatNs()) {
            throw new DismissedException("worker " + worker + " did not run for "
                    + ClusterTimeouts.tenths(heartbeats.pauseNs()) + " "
                    + ClusterTimeouts.limit("heartbeat_timeout", timeouts.heartbeatNs())
                    + ": it counts as lost, and the run goes on without it");
        }
        long nowNs = clock.nanoTime();
        // A pause of this process is not the coordinator's absence.
        if (work > 0 || client.isConnected() || nowNs - polledNs > PAUSE_NS) {
            connectedNs = nowNs;
        }
        polledNs = nowNs;
        if (nowNs - connectedNs > timeouts.heartbeatNs() && stopReason == null) {
            throw new CoordinatorLostException(
                    "worker " + worker + " has had no connection to the " + coordinator + " for "
                            + ClusterTimeouts.tenths(nowNs - connectedNs) + " "
                            + ClusterTimeouts.limit("heartbeat_timeout", timeouts.heartbeatNs())
                            + ": the driver has ended or the network to it is down"
                            + (client.isAuthenticated() ? "" : ", or the two do not have the same secret"));
        }
        return work;
    }

    /**
     * Looks whether the media driver has given this process up, which makes every use of it fail.
     *
     * @param error what failed just now, or null
     * @throws DismissedException if so, with {@code error} suppressed
     */
    void checkDriver(Throwable error) {
        if (client.isClosed() && !(error instanceof DismissedException)) {
            DismissedException cause = new DismissedException(
                    "worker " + worker + " has lost its own media driver: its process did not run"
                            + " for several seconds (stopped, or the machine is overloaded)");
            if (error != null) {
                cause.addSuppressed(error);
            }
            throw cause;
        }
    }

    private void onCommand(int addressee, int ofEpoch, Command command) {
        if (addressee != worker) {
            return;
        }
        if (command instanceof Command.Stop stop) {
            stopReason = stop.reason();
        } else if (command instanceof Command.StopTraining stop) {
            stopTraining = stop.command();
        } else if (command instanceof Command.Dismiss dismiss) {
            dismissal = dismiss.reason();
        } else if (command instanceof Command.Pause) {
            // What was said before belongs to a membership that is no more.
            commands.clear();
            pauseEpoch = Math.max(pauseEpoch, ofEpoch);
        } else if (ofEpoch >= Math.max(epoch, pauseEpoch)) {
            commands.add(command);
        } else {
            LOG.debug("Dropped stale command {}: {}", ++staleCommands, command);
        }
    }

    /** Whether a change of membership waits for this worker to stand still. */
    boolean isPaused() {
        return pauseEpoch > epoch;
    }

    /** Of the membership that is to come. */
    int pauseEpoch() {
        return pauseEpoch;
    }

    /** From now on the worker belongs to this membership, and its messages say so. */
    void enter(int newEpoch) {
        epoch = newEpoch;
        client.epoch(newEpoch);
    }

    /** The next command other than to stop, or null. */
    Command nextCommand() {
        return commands.poll();
    }

    /** Why the worker has to end: null if it has not, empty if the job is done, otherwise what failed. */
    String stopReason() {
        return stopReason;
    }

    /** Whether the next step of this {@link Command.Train} is to be the last. */
    boolean isStopRequested(long command) {
        return stopTraining == command;
    }

    /** Sends a message if the way is free. */
    boolean offer(WorkerMessage message) {
        return client.offer(message);
    }

    /** Tells why the worker ends, and waits until the coordinator has heard it; what fails now is added to {@code error}. */
    void report(WorkerMessage.Failed failed, Throwable error) {
        try {
            linger(failed, () -> stopReason != null, timeouts.shutdownNs());
        } catch (RuntimeException e) {
            error.addSuppressed(e);
        }
    }

    /** Takes leave of a coordinator that has said stop. */
    void leave() {
        linger(new WorkerMessage.Goodbye(), () -> !client.isConnected(), Math.min(LEAVE_NS, timeouts.shutdownNs()));
    }

    /** Sends a last message and waits for a sign that it has arrived: the media driver may end with this worker. */
    private void linger(WorkerMessage message, BooleanSupplier arrived, long timeoutNs) {
        long startNs = clock.nanoTime();
        boolean sent = false;
        do {
            sent = sent || client.offer(message);
            if (client.poll(receiver) == 0) {
                LockSupport.parkNanos(LINGER_PARK_NS);
            }
        } while (!arrived.getAsBoolean() && clock.nanoTime() - startNs < timeoutNs);
    }

    @Override
    public void close() {
        CloseHelper.closeAll(heartbeats, client);
    }
}
