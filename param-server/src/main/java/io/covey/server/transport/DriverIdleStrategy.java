package io.covey.server.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * How the media driver's one thread rests. Between processes that share memory it has nothing to do but to move the windows
 * of the logs now and then: it sleeps long, for each of its wake-ups takes the processor from a thread that trains (in some
 * virtual machines for 0.1 ms), and {@link #wake} ends the sleep when someone waits for a window. Packets have no one who could
 * call, so once there is a peer to send to by UDP it looks for them more often.
 */
final class DriverIdleStrategy implements IdleStrategy {
    private static final long SPINS = 1;
    private static final long YIELDS = 1;
    private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);
    static final long DEMAND_PARK_NS = TimeUnit.MICROSECONDS.toNanos(20);
    static final long REST_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final LongConsumer parkNanos;
    private final IdleStrategy network;
    private volatile boolean servesNetwork;
    private volatile boolean demand;
    private volatile Thread resting;

    DriverIdleStrategy() {
        this(LockSupport::parkNanos, new BackoffIdleStrategy(SPINS, YIELDS, MIN_PARK_NS, MAX_PARK_NS));
    }

    /**
     * With another way to rest.
     *
     * @param parkNanos as {@link LockSupport#parkNanos(long)}; ends early when its thread is unparked
     * @param network how to rest between two looks for packets
     */
    DriverIdleStrategy(LongConsumer parkNanos, IdleStrategy network) {
        this.parkNanos = parkNanos;
        this.network = network;
    }

    /** Has the driver look for packets from now on. Any thread. */
    void serveNetwork() {
        servesNetwork = true;
        wake();
    }

    /** Has the driver look at its logs now. Any thread; costs nothing while the driver is awake. */
    void wake() {
        demand = true;
        Thread thread = resting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void idle(int workCount) {
        if (servesNetwork) {
            network.idle(workCount);
        } else if (workCount == 0) {
            idle();
        }
    }

    @Override
    public void idle() {
        if (demand) {
            // Whoever calls calls again until he is served.
            demand = false;
            parkNanos.accept(DEMAND_PARK_NS);
            return;
        }
        resting = Thread.currentThread();
        if (!demand) {
            parkNanos.accept(REST_NS);
        }
        resting = null;
    }

    @Override
    public void reset() {
        network.reset();
    }
}
