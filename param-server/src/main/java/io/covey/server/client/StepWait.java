package io.covey.server.client;

import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.membership.Member;
import io.covey.server.shard.ShardServer;
import io.covey.trainer.CoveyException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;

/** A worker's waits for the others: each has a deadline, notices who is gone, and says what has not come from whom. */
final class StepWait {
    private final ExchangeConfig config;
    private final ShardServer[] hosted;
    private final ParameterReceiver[] incoming;
    private final DeadlineWait wait;

    StepWait(ExchangeConfig config, ShardServer[] hosted, ParameterReceiver[] incoming, NanoClock clock) {
        this.config = config;
        this.hosted = hosted;
        this.incoming = incoming;
        this.wait = new DeadlineWait(clock);
    }

    /** Has {@code newHook} called now and then; an exception that it throws ends the wait. */
    void whileWaiting(Runnable newHook) {
        wait.whileWaiting(newHook);
    }

    /** Begins a wait for the parts of a step. */
    void start() {
        wait.start(config.stepTimeoutNs());
    }

    /**
     * Call once per duty cycle.
     *
     * @param step in work
     * @param work that the cycle did
     * @param awaitedStep whose parameters are waited for, as far as they are
     * @param activity that cannot go on meanwhile
     */
    void idle(long step, int work, long awaitedStep, String activity) {
        if (wait.isExpired()) {
            throw CoveyException.failure("step " + step + ", " + activity + ": not done within "
                    + TimeUnit.NANOSECONDS.toMillis(config.stepTimeoutNs()) + " ms (cluster.step_timeout): "
                    + String.join("; ", missing(awaitedStep, false)));
        }
        if (wait.check()) {
            List<String> lost = missing(awaitedStep, true);
            if (!lost.isEmpty()) {
                throw CoveyException.failure("step " + step + ", " + activity + ": a worker is gone without an answer: "
                        + String.join("; ", lost));
            }
        }
        wait.pause(work);
    }

    /** See {@link LinkProbe#run}. */
    void connect(LinkProbe probe) {
        probe.run(wait);
    }

    /** What has not come, from whom; or, of that, what cannot come any more. */
    private List<String> missing(long awaitedStep, boolean lostOnly) {
        List<String> missing = new ArrayList<>();
        for (ShardServer server : hosted) {
            missing.addAll(server.missing(awaitedStep, lostOnly));
        }
        for (ParameterReceiver receiver : incoming) {
            if (!receiver.isDone(awaitedStep) && !(lostOnly && receiver.isConnected())) {
                missing.add("no parameters of server shard " + receiver.shard() + " from " + hostOf(receiver.shard()));
            }
        }
        return missing;
    }

    private Member hostOf(int shard) {
        return config.topology().members().get(config.topology().shardHosts().get(shard));
    }
}
