package io.covey.server.exchange;

import io.covey.server.membership.Member;
import java.util.ArrayList;
import java.util.List;

/** Says what a worker waits for, and from whom. */
final class AwaitedParts {
    private final ExchangeConfig config;
    private final ShardServer[] hosted;
    private final ParameterReceiver[] incoming;

    AwaitedParts(ExchangeConfig config, ShardServer[] hosted, ParameterReceiver[] incoming) {
        this.config = config;
        this.hosted = hosted;
        this.incoming = incoming;
    }

    /** What has not come, from whom; or, of that, what cannot come any more. */
    List<String> missing(long awaitedStep, boolean lostOnly) {
        List<String> missing = new ArrayList<>();
        for (ShardServer server : hosted) {
            if (!lostOnly) {
                server.gate()
                        .missing(server.step())
                        .forEach(rank ->
                                missing.add("server shard " + server.range().shard() + " on " + member(config.worker())
                                        + " waits for " + member(rank) + " to take its parameters"));
            }
            if (server.step() <= awaitedStep) {
                for (int other : server.update().shardsMissing()) {
                    int host = config.topology().shardHosts().get(other);
                    if (!(lostOnly && server.ready().hears(host))) {
                        missing.add("server shard " + server.range().shard() + " on " + member(config.worker())
                                + " has no norms of server shard " + other + " from " + hostOf(other));
                    }
                }
                for (int worker : server.workersMissing()) {
                    if (worker != config.worker()
                            && !(lostOnly && server.ready().hears(worker))) {
                        missing.add("server shard " + server.range().shard() + " on " + member(config.worker())
                                + " has no gradient from " + member(worker));
                    }
                }
            } else if (!server.isDone(awaitedStep) && !lostOnly) {
                missing.add("server shard " + server.range().shard() + " on " + member(config.worker())
                        + " cannot send: " + server.blocked());
            }
        }
        for (ParameterReceiver receiver : incoming) {
            if (!receiver.isDone(awaitedStep) && !(lostOnly && receiver.isConnected())) {
                missing.add("no parameters of server shard " + receiver.shard() + " from " + hostOf(receiver.shard()));
            }
        }
        return missing;
    }

    private Member member(int worker) {
        return config.topology().members().get(worker);
    }

    private Member hostOf(int shard) {
        return member(config.topology().shardHosts().get(shard));
    }
}
