package io.covey.server.worker;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.ControlClient;
import io.covey.server.control.WorkerMessage;
import io.covey.trainer.CoveyException;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives signs of life, from a thread of its own: a long step is no reason to be taken for dead. */
final class Heartbeats implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

    private final int worker;
    private final ControlClient client;
    private final Thread thread;
    private final NanoClock clock;
    private volatile boolean closed;
    private volatile long pauseNs;

    /** Starts to send by {@code client}, which stays open. */
    Heartbeats(int worker, ControlClient client, NanoClock clock) {
        this.worker = worker;
        this.client = client;
        this.clock = clock;
        this.thread = new Thread(this::run, "covey-heartbeat-" + worker);
        thread.setDaemon(true);
        thread.start();
    }

    /** The longest time in which this process did not get to give a sign of life. */
    long pauseNs() {
        return pauseNs;
    }

    private void run() {
        WorkerMessage heartbeat = new WorkerMessage.Heartbeat();
        try {
            long beatNs = clock.nanoTime();
            while (!closed) {
                long nowNs = clock.nanoTime();
                pauseNs = Math.max(pauseNs, nowNs - beatNs);
                beatNs = nowNs;
                client.offer(heartbeat);
                LockSupport.parkNanos(ClusterTimeouts.HEARTBEAT_INTERVAL_NS);
            }
        } catch (CoveyException e) {
            // The worker's own thread meets the same and reports it.
            LOG.debug("Heartbeats of worker {} end", worker, e);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
