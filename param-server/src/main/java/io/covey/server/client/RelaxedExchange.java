package io.covey.server.client;

import io.covey.server.exchange.Contributions;
import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.frame.DroppedFrames;
import io.covey.server.shard.ShardHolding;
import io.covey.server.transport.TransportNode;
import java.util.List;
import org.agrona.concurrent.NanoClock;

/** What both ends of the exchange in {@link ExchangeMode.Relaxed} modes have in common. */
abstract sealed class RelaxedExchange implements WorkerExchange permits RelaxedServer, RelaxedWorker {
    final ExchangeConfig config;
    final Contributions contributions;
    final Links links;
    final DroppedFrames dropped = new DroppedFrames();
    final DeadlineWait wait;

    RelaxedExchange(ExchangeConfig config, TransportNode node, NanoClock clock) {
        this.config = config;
        contributions = Contributions.of(config.topology(), false);
        links = new Links(config, contributions, node);
        wait = new DeadlineWait(clock);
    }

    @Override
    public final void whileWaiting(Runnable hook) {
        wait.whileWaiting(hook);
    }

    @Override
    public final void connect() {
        probe().run(wait);
    }

    /** Tries all links of this end. */
    abstract LinkProbe probe();

    /** Does nothing: contributions to the next pass wait until it is begun, for a checkpoint must not find any of them. */
    @Override
    public final int poll() {
        return 0;
    }

    /** Nothing is left out of what is sent. */
    @Override
    public final Residuals residuals() {
        return new Residuals(config);
    }

    /** There are none: {@link ExchangeConfig#requireSuited}. */
    @Override
    public final long overwriteWithAverages() {
        throw new IllegalStateException("no averages are kept in mode " + config.mode());
    }

    @Override
    public final List<ShardHolding> holdings() {
        return List.of();
    }
}
