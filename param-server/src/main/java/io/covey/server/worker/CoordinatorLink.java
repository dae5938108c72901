package io.covey.server.worker;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.Command;
import io.covey.server.control.ControlClient;
import io.covey.server.control.ControlCodec;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.control.WorkerMessage;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.CoveyException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/**
 * A worker's connection to the coordinator. Used by the worker's thread.
 *
 * <p>The coordinator may be silent for as long as a callback takes; it is gone when its end of the connection is closed,
 * which the media driver does for a dead process.
 */
final class CoordinatorLink implements AutoCloseable {
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
        heartbeats = new Heartbeats(worker, client);
    }

    /**
     * Takes in what the coordinator says, without waiting.
     *
     * @return 0 if nothing has come
     * @throws LostException when the coordinator is gone
     */
    int poll() {
        int work = client.poll(receiver);
        long nowNs = clock.nanoTime();
        // A pause of this process is not the coordinator's absence.
        if (work > 0 || client.isConnected() || nowNs - polledNs > PAUSE_NS) {
            connectedNs = nowNs;
        }
        polledNs = nowNs;
        if (nowNs - connectedNs > timeouts.heartbeatNs() && stopReason == null) {
            throw new LostException("worker " + worker + " has had no connection to the " + coordinator + " for "
                    + ClusterTimeouts.tenths(nowNs - connectedNs) + " "
                    + ClusterTimeouts.limit("heartbeat_timeout", timeouts.heartbeatNs())
                    + ": the driver has ended or the network to it is down"
                    + (client.isAuthenticated() ? "" : ", or the two do not have the same secret"));
        }
        return work;
    }

    private void onCommand(int addressee, Command command) {
        if (addressee != worker) {
            return;
        }
        if (command instanceof Command.Stop stop) {
            stopReason = stop.reason();
        } else if (command instanceof Command.StopTraining stop) {
            stopTraining = stop.command();
        } else {
            commands.add(command);
        }
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

    /** The membership that this worker's messages belong to from now on. */
    void epoch(int epoch) {
        client.epoch(epoch);
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

    /** The coordinator is gone. */
    static final class LostException extends CoveyException {
        private static final long serialVersionUID = 1L;

        LostException(String message) {
            super(Category.FAILURE, message, null);
        }
    }
}
