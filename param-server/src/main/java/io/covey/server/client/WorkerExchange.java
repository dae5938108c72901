package io.covey.server.client;

import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.shard.HostedShard;
import io.covey.server.shard.ShardHolding;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.training.GradientExchange;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import org.agrona.concurrent.NanoClock;

/**
 * A member's end of the parameter server: its way to all server shards, and those that it hosts. It makes no thread:
 * everything happens within its methods, which one thread calls.
 *
 * <p>Life: make, {@link #connect}, write the hosted shards' initial {@link HostedShard#parameters} (and slots),
 * {@link #synchronize}, then passes of {@link #push} and {@link #pull}, step after step. A change of membership needs a new one.
 * Any exception leaves it fit for {@link #disconnect}, {@link #holdings} and {@link #close} only.
 */
public interface WorkerExchange extends GradientExchange {
    /**
     * The exchange of this mode. It makes its publications and subscriptions.
     *
     * @param config what to exchange with whom
     * @param node this process' transport; it must outlive the exchange
     * @param clock of the deadlines
     */
    static WorkerExchange of(ExchangeConfig config, TransportNode node, NanoClock clock) {
        if (config.mode() instanceof ExchangeMode.Relaxed) {
            boolean isDedicated =
                    config.topology().members().get(config.worker()).dedicated();
            return isDedicated ? new RelaxedServer(config, node, clock) : new RelaxedWorker(config, node, clock);
        }
        ParameterServerClient client = new ParameterServerClient(config, node, clock);
        return config.mode() instanceof ExchangeMode.LocalSgd localSgd
                ? new LocalSgdExchange(localSgd, config, client)
                : client;
    }

    /** Has {@code hook} called now and then while a method waits; an exception that it throws ends the wait. */
    void whileWaiting(Runnable hook);

    /**
     * Waits until every worker has received a frame of this worker's as long as any, and the other way round.
     *
     * @throws io.covey.trainer.CoveyException a failure at the deadline, naming who does not reach whom at which addresses
     */
    void connect();

    /**
     * Sends the hosted shards' parameters to all workers as the state before {@code nextStep} and waits until those of all
     * shards are here. Every worker calls it, after the same step.
     *
     * @throws io.covey.trainer.CoveyException a failure at the deadline, naming what has not come from whom
     */
    void synchronize(long nextStep);

    /**
     * Has the moving averages take the parameters' place in all server shards, as Keras does where training with {@code use_ema}
     * ends. Every worker calls it, after the same step.
     *
     * @return the step that the parameters are before
     */
    long overwriteWithAverages();

    /** The steps to come end before {@code endStep}, or earlier for all when one is pushed as the last. */
    void beginPass(long endStep);

    /**
     * By number of the worker: how many of its contributions the steps were done without since this was last asked. Known to the
     * host of server shard 0 in {@link ExchangeMode.BackupWorkers}; empty elsewhere.
     */
    default SortedMap<Integer, Long> takeDropped() {
        return Collections.emptySortedMap();
    }

    /**
     * Runs the hosted shards' duty cycle once, for times without push and pull.
     *
     * @return amount of work done
     */
    int poll();

    /** The server shards that this worker hosts. */
    List<HostedShard> hostedShards();

    /** What this worker's virtual shards have not yet sent; write initial values there before the first synchronize. */
    Residuals residuals();

    /**
     * What server shards can be restored from here: those of this worker and the replicas that it keeps. Nothing if the
     * topology has no replicas. Valid until {@link #close}, also after {@link #disconnect}.
     */
    List<ShardHolding> holdings();

    /** Leaves the exchange for good, and keeps {@link #holdings} until {@link #close}. */
    void disconnect();
}
