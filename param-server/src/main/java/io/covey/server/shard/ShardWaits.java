package io.covey.server.shard;

import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.membership.Member;
import io.covey.server.update.ShardUpdate;
import io.covey.trainer.model.ShardRange;
import java.util.ArrayList;
import java.util.List;

/** Says what a server shard waits for, from whom. Used by the shard's thread. */
final class ShardWaits {
    private final ShardRange range;
    private final ExchangeConfig config;
    private final StepArrivals arrivals;
    private final ShardUpdate update;
    private final ParameterPublisher publisher;
    private final SpectatorGate gate;
    private final ReadyWorkers ready;

    /** The waits of the shard of {@code range}, which holds the other arguments. */
    ShardWaits(
            ShardRange range,
            ExchangeConfig config,
            StepArrivals arrivals,
            ShardUpdate update,
            ParameterPublisher publisher,
            SpectatorGate gate,
            ReadyWorkers ready) {
        this.range = range;
        this.config = config;
        this.arrivals = arrivals;
        this.update = update;
        this.publisher = publisher;
        this.gate = gate;
        this.ready = ready;
    }

    /**
     * What has not come.
     *
     * @param step in work
     * @param published whether the step that is waited for is applied, and must only be sent
     * @param lostOnly of that, what cannot come any more
     */
    List<String> missing(long step, boolean published, boolean lostOnly) {
        List<String> missing = new ArrayList<>();
        String shard = "server shard " + range.shard() + " on " + member(config.worker());
        if (!lostOnly) {
            gate.missing(step)
                    .forEach(rank -> missing.add(shard + " waits for " + member(rank) + " to take its parameters"));
        }
        if (!published) {
            for (int other : update.shardsMissing()) {
                int host = config.topology().shardHosts().get(other);
                if (!(lostOnly && ready.hears(host))) {
                    missing.add(shard + " has no norms of server shard " + other + " from " + member(host));
                }
            }
            for (int worker : arrivals.missing()) {
                if (worker != config.worker() && !(lostOnly && ready.hears(worker))) {
                    missing.add(shard + " has no gradient from " + member(worker));
                }
            }
        } else if (!lostOnly) {
            missing.add(shard + " cannot send: " + publisher.blocked());
        }
        return missing;
    }

    private Member member(int worker) {
        return config.topology().members().get(worker);
    }
}
