package io.covey.server.coordinator;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.Command;
import io.covey.server.control.ControlCodec;
import io.covey.server.control.ControlServer;
import io.covey.server.control.Progress;
import io.covey.server.control.WorkerMessage;
import io.covey.server.membership.MembershipAction;
import io.covey.server.membership.Topology;
import io.covey.trainer.CoveyException;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.agrona.CloseHelper;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;

/**
 * Listens to the workers: takes in what they say, and notices failures and silence. The thread of the training loop listens
 * while it waits for something; while it is busy elsewhere a thread of this class does.
 */
final class CrewMonitor implements AutoCloseable {
    /** Steps that may pile up while the loop's thread is in a callback, before the workers are held back. */
    private static final int BACKLOG_LIMIT = 10_000;

    private static final long LISTEN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(1);
    // Nobody waits for the coordinator in the middle of an epoch, and on a host that trains each of its wake-ups costs.
    private static final int IDLE_SPINS = 10;
    private static final int IDLE_YIELDS = 10;
    private static final long IDLE_PARK_MIN_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long IDLE_PARK_MAX_NS = TimeUnit.MILLISECONDS.toNanos(4);

    private final Crew crew;
    private final MembershipDriver membership;
    private final ControlServer server;
    private final Failures failures;
    private final ClusterTimeouts timeouts;
    private final NanoClock clock;
    private final IdleStrategy idle =
            new BackoffIdleStrategy(IDLE_SPINS, IDLE_YIELDS, IDLE_PARK_MIN_NS, IDLE_PARK_MAX_NS);
    private final ReentrantLock lock = new ReentrantLock();
    private final ControlCodec.Receiver<WorkerMessage> receiver = this::onMessage;
    private final Thread listener = new Thread(this::listen, "covey-coordinator");
    private volatile boolean closed;
    private volatile long polledNs;

    private Answers answers;
    private PassProgress pass;
    private PendingCheckpoint checkpoint;
    private String checkpointPrefix;
    private LongPredicate reportedBefore = step -> true;
    private Supplier<String> activity = () -> "idle";
    private volatile CoveyException failed;

    CrewMonitor(
            Crew crew,
            MembershipDriver membership,
            ControlServer server,
            Failures failures,
            ClusterTimeouts timeouts,
            NanoClock clock) {
        this.crew = crew;
        this.membership = membership;
        this.server = server;
        this.failures = failures;
        this.timeouts = timeouts;
        this.clock = clock;
        this.polledNs = clock.nanoTime();
    }

    /** Begins to listen. */
    void start() {
        listener.setDaemon(true);
        listener.start();
    }

    /** Runs {@code action} while nobody else touches what the workers' messages change. */
    <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Asks {@code condition} while nobody else touches what the workers' messages change. */
    boolean holds(BooleanSupplier condition) {
        lock.lock();
        try {
            return condition.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    /** What the run is doing from now on, for messages. */
    void activity(Supplier<String> newActivity) {
        locked(() -> activity = newActivity);
    }

    /** For messages. */
    String activity() {
        return locked(this::currentActivity);
    }

    private String currentActivity() {
        String change = membership.activity();
        return change != null ? change : activity.get();
    }

    /** Collects answers to a new command. */
    void expect(Answers newAnswers) {
        locked(() -> answers = newAnswers);
    }

    /**
     * Collects progress of a pass, run by a command of this number; null for none.
     *
     * @param newReportedBefore whether all sums of the steps before a global step are here
     */
    void expect(PassProgress newPass, long command, LongPredicate newReportedBefore) {
        locked(() -> {
            pass = newPass;
            reportedBefore = newReportedBefore;
            if (pass != null) {
                pass.runBy(command);
            }
            return null;
        });
    }

    /** Whether no sums of the steps before {@code step} are missing that were lost with a worker. Under the lock. */
    boolean isReportedBefore(long step) {
        return reportedBefore.test(step);
    }

    /** Watches over a new checkpoint. */
    void expect(PendingCheckpoint newCheckpoint, String prefix) {
        locked(() -> {
            checkpoint = newCheckpoint;
            checkpointPrefix = prefix;
            return null;
        });
    }

    /** The checkpoint is committed: it is the one to go back to. Any thread. */
    void checkpointCommitted() {
        locked(() -> {
            membership.committed(checkpointPrefix);
            return null;
        });
    }

    /** Parts of the checkpoint that are not written will not be. Under the lock. */
    void cancelCheckpoint() {
        if (checkpoint != null) {
            checkpoint.cancel();
        }
    }

    /**
     * Listens until {@code done}, which is asked under the lock.
     *
     * @param late what to throw when {@code timeoutNs} has passed
     */
    void await(BooleanSupplier done, long timeoutNs, Supplier<CoveyException> late) {
        long startNs = clock.nanoTime();
        while (true) {
            int work = poll();
            if (holds(done)) {
                return;
            }
            if (work == 0 && clock.nanoTime() - startNs > timeoutNs) {
                throw fail(late.get());
            }
            idle.idle(work);
        }
    }

    /** Has a command sent to these workers of a membership; false if that has ended. */
    boolean post(Topology topology, Collection<Integer> workers, Command command) {
        return holds(() -> {
            if (!isCurrent(topology)) {
                return false;
            }
            workers.forEach(worker -> crew.post(worker, topology.epoch(), command, clock.nanoTime()));
            crew.deliver();
            return true;
        });
    }

    /** Whether training can go on with this membership. Asked under the lock. */
    boolean isCurrent(Topology topology) {
        return membership.settled() != null && membership.settled().topology().epoch() == topology.epoch();
    }

    /** Waits until training can go on, and tells with whom from which step. */
    MembershipAction.Settle awaitSettled() {
        // Each phase of a change has a deadline of its own.
        await(() -> membership.settled() != null, Long.MAX_VALUE, () -> null);
        MembershipAction.Settle settled = locked(membership::settled);
        return settled != null ? settled : awaitSettled();
    }

    /**
     * Listens once, and throws the root cause if the run has failed.
     *
     * @return 0 if nothing has come
     */
    int poll() {
        if (Thread.currentThread().isInterrupted()) {
            throw fail(CoveyException.failure("interrupted while " + activity()));
        }
        int work = listenOnce();
        requireHealthy();
        return work;
    }

    /** Listens to the workers' leave-taking after the run; what went wrong is of no interest any more. */
    void drain(BooleanSupplier done, long timeoutNs) {
        long startNs = clock.nanoTime();
        while (!holds(done) && clock.nanoTime() - startNs < timeoutNs) {
            idle.idle(listenOnce());
        }
    }

    /** Throws the root cause if the run has failed. */
    void requireHealthy() {
        CoveyException failure = failed;
        if (failure != null) {
            throw new CoveyException(failure.category(), failure.getMessage(), failure.getCause());
        }
    }

    /** Why the run has failed; empty if it has not. */
    String failureMessage() {
        CoveyException failure = failed;
        return failure == null ? "" : failure.getMessage();
    }

    /** Ends the run with this cause, unless it has failed before. Returns what to throw. */
    CoveyException fail(CoveyException cause) {
        return locked(() -> {
            if (failed == null) {
                failed = cause;
                crew.offerStop(cause.getMessage(), crew.registered());
                if (checkpoint != null) {
                    checkpoint.runFailed(cause);
                }
            }
            return cause;
        });
    }

    private int listenOnce() {
        lock.lock();
        try {
            return pollLocked();
        } finally {
            lock.unlock();
        }
    }

    private int pollLocked() {
        long nowNs = clock.nanoTime();
        if (nowNs - polledNs > PAUSE_NS) {
            crew.excuse(nowNs - polledNs);
        }
        polledNs = nowNs;
        int work = 0;
        try {
            work = server.poll(receiver);
            if (failed == null && server.isClosed()) {
                throw CoveyException.failure(
                        "the driver has lost its own media driver: its process did not run for several"
                                + " seconds (stopped, or the machine is overloaded). Start it again when the machine is less"
                                + " busy; a run that has a checkpoint goes on from it with covey resume");
            }
            if (failed == null) {
                if (work == 0) {
                    for (Crew.Loss loss : crew.silent(nowNs, timeouts, currentActivity())) {
                        membership.lost(loss.worker(), loss.cause(), nowNs);
                    }
                }
                membership.tick(nowNs);
                work += crew.deliver();
            }
        } catch (CoveyException e) {
            failures.found(e);
        } catch (RuntimeException e) {
            failures.found(CoveyException.failure("cannot listen to the workers: " + e, e));
        }
        if (checkpoint != null) {
            checkpoint.checkDeadline(nowNs, timeouts.checkpointNs(), crew::describe);
        }
        CoveyException cause = failed == null ? failures.rootCause() : null;
        if (cause != null) {
            fail(cause);
        }
        return work;
    }

    private void onMessage(int worker, int epoch, WorkerMessage message) {
        if (membership.isFenced(worker, polledNs)) {
            // The sums of steps that it still took part in are as good as anybody's, and may be the only ones.
            if (message instanceof Progress progress && pass != null) {
                pass.add(worker, progress);
            }
            return;
        }
        if (message instanceof WorkerMessage.Join join) {
            crew.join(join, polledNs);
            membership.registered(join.member(), polledNs);
        }
        if (!crew.hasJoined(worker) && !(message instanceof WorkerMessage.Failed)) {
            throw CoveyException.failure("worker " + worker + " speaks without having registered: " + message);
        }
        crew.heard(worker, message, polledNs);
        membership.onMessage(worker, epoch, message, polledNs);
        if (message instanceof Progress progress && pass != null) {
            pass.add(worker, progress);
        } else if (message instanceof WorkerMessage.Answer answer && answers != null) {
            answers.add(worker, answer);
        } else if (message instanceof WorkerMessage.PartsWritten written && checkpoint != null) {
            checkpoint.written(worker, written.command());
        } else if (message instanceof WorkerMessage.PartsFailed notWritten && checkpoint != null) {
            checkpoint.failed(worker, notWritten.command(), notWritten.error().toException(crew.describe(worker)));
        }
    }

    private void listen() {
        while (!closed) {
            if (clock.nanoTime() - polledNs > LISTEN_INTERVAL_NS && lock.tryLock()) {
                try {
                    if (pass == null || pass.buffered() < BACKLOG_LIMIT) {
                        pollLocked();
                    }
                } finally {
                    lock.unlock();
                }
            }
            LockSupport.parkNanos(LISTEN_INTERVAL_NS);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(listener);
        try {
            listener.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        CloseHelper.closeAll(server, crew);
    }
}
