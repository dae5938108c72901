package io.covey.server.client;

import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.membership.Member;
import io.covey.server.shard.HostedShard;
import io.covey.server.transport.LinkSizes;
import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Sends a frame as long as any over each link of a worker, both ways, before the first step of a membership. Used once. */
final class LinkProbe {
    private final ExchangeConfig config;
    private final HostedShard[] hosted;
    private final GradientSender[] senders;
    private final ParameterReceiver[] incoming;
    private final NativeFloats anything;
    private final int frameLength;
    private final boolean[] said;
    private final boolean[] probed;

    /**
     * @param incoming a receiver for each of {@code senders}, then those of replicas' slots
     * @param anything to fill the frames with
     * @param frameLength bytes of the longest frame
     */
    LinkProbe(
            ExchangeConfig config,
            HostedShard[] hosted,
            GradientSender[] senders,
            ParameterReceiver[] incoming,
            NativeFloats anything,
            int frameLength) {
        this.config = config;
        this.hosted = hosted;
        this.senders = senders;
        this.incoming = incoming;
        this.anything = anything;
        this.frameLength = frameLength;
        said = new boolean[senders.length];
        probed = new boolean[incoming.length];
    }

    /**
     * Sends and receives until all links have carried a frame each way.
     *
     * @throws CoveyException a failure at the deadline, naming who does not reach whom; or what came of a frame
     */
    void run(DeadlineWait wait) {
        wait.start(config.connectTimeoutNs());
        int work = doWork();
        while (!isDone()) {
            if (wait.isExpired()) {
                throw failure();
            }
            wait.idle(work);
            work = doWork();
        }
    }

    /** Does what can be done now; returns the amount of work. */
    private int doWork() {
        int work = 0;
        for (int i = 0; i < senders.length; i++) {
            if (!said[i] && incoming[i].isConnected() && senders[i].sendReady(config.worker(), anything)) {
                said[i] = true;
                work++;
            }
        }
        for (int i = 0; i < incoming.length; i++) {
            probed[i] = probed[i] || incoming[i].pollProbe();
        }
        for (HostedShard server : hosted) {
            work += server.doWork();
        }
        return work;
    }

    /** Whether all links have carried a frame each way. */
    private boolean isDone() {
        boolean done = true;
        for (boolean one : said) {
            done &= one;
        }
        for (boolean one : probed) {
            done &= one;
        }
        for (HostedShard server : hosted) {
            // Of all, done or not: the others wait for theirs.
            done &= server.probe();
        }
        return done;
    }

    /** Says who does not reach whom at which addresses. */
    private CoveyException failure() {
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < said.length; i++) {
            String there = hostOf(senders[i].shard()) + ", host of server shard " + senders[i].shard();
            if (!said[i]) {
                missing.add(there + (incoming[i].isConnected() ? " does not receive" : " does not send"));
            } else if (!probed[i]) {
                missing.add("frames of " + frameLength + " bytes do not come from " + there);
            }
        }
        for (int i = said.length; i < probed.length; i++) {
            if (!probed[i]) {
                int shard = incoming[i].shard();
                missing.add("the slots of server shard " + shard + " do not come from " + hostOf(shard));
            }
        }
        for (HostedShard server : hosted) {
            for (int worker : server.notReady()) {
                missing.add("frames of " + frameLength + " bytes do not come from " + member(worker)
                        + " to server shard " + server.range().shard());
            }
        }
        return CoveyException.failure(member(config.worker()) + " and its peers do not exchange frames after "
                + TimeUnit.NANOSECONDS.toMillis(config.connectTimeoutNs()) + " ms (cluster.connect_timeout): "
                + String.join("; ", missing) + ". Interfaces here: " + LinkSizes.interfaces()
                + ". Let UDP through between these addresses, set cluster.host (or SPARK_LOCAL_IP) to an address that the"
                + " others reach, cluster.port to a port that is open, or cluster.mtu to what the network carries");
    }

    private Member member(int rank) {
        return config.topology().members().get(rank);
    }

    private Member hostOf(int shard) {
        return member(config.topology().shardHosts().get(shard));
    }
}
