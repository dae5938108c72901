package io.covey.server.client;

import io.aeron.logbuffer.FrameDescriptor;
import io.covey.server.exchange.Contributions;
import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.frame.ChunkLength;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.membership.Member;
import io.covey.server.membership.Topology;
import io.covey.server.transport.LinkSizes;
import io.covey.server.transport.TransportNode;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.agrona.BitUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the ends of one worker's streams lie, and how long their terms are: for some steps where memory allows it, shorter where the
 * logs would not fit into this node's directory or its container.
 */
final class LinkPlan {
    private static final Logger LOG = LoggerFactory.getLogger(LinkPlan.class);
    private static final int TERMS_PER_LOG = 3;
    /** Halvings after which all terms have their least length. */
    private static final int MAX_SHORTEN = 40;

    private final ExchangeConfig config;
    private final Topology topology;
    private final Contributions contributions;
    private final TransportNode node;
    private final boolean onOneHost;
    /** Processes on this host, this one included. */
    private final int processes;

    private final int shorten;

    /** @throws io.covey.trainer.CoveyException a caller's error when even the shortest terms do not fit */
    LinkPlan(ExchangeConfig config, Contributions contributions, TransportNode node) {
        this.config = config;
        this.topology = config.topology();
        this.contributions = contributions;
        this.node = node;
        this.onOneHost = topology.members().stream().allMatch(node::sharesMemoryWith);
        long directories = topology.members().stream()
                .filter(node::sharesMemoryWith)
                .map(Member::aeronDirectory)
                .distinct()
                .count();
        this.processes = (int) Math.max(1, directories);
        this.shorten = fit();
    }

    /** Bytes of the longest frame, with Aeron's alignment: the MTU that the streams need. */
    int frameLength() {
        return BitUtil.align(
                topology.chunkLength() * Float.BYTES
                        + ChunkLength.FRAME_OVERHEAD
                        + node.security().frameOverhead(),
                FrameDescriptor.FRAME_ALIGNMENT);
    }

    /** Bytes of a term of the stream on which this worker's gradients go to {@code range}'s shard. */
    int gradientTermLength(ChunkedRange range) {
        return gradientTermLength(range, config.worker(), shorten);
    }

    /** Bytes of a term of the streams on which {@code range}'s parameters go to workers. */
    int parameterTermLength(ChunkedRange range) {
        return parameterTermLength(range, shorten);
    }

    /** Bytes of a term of the stream on which {@code range}'s optimizer slots go to their replica. */
    int slotTermLength(ChunkedRange range) {
        return slotTermLength(range, shorten);
    }

    /** The member that hosts {@code range}'s shard. */
    Member host(ChunkedRange range) {
        return topology.members().get(topology.shardHosts().get(range.range().shard()));
    }

    /** This worker. */
    Member self() {
        return topology.members().get(config.worker());
    }

    /** Whether this worker keeps the replica of a shard. */
    boolean replicates(ChunkedRange range) {
        return topology.replicaHosts().get(range.range().shard()) == config.worker();
    }

    /** Who takes a shard's slots; null if it has no replica or the optimizer no slots. */
    Member replica(ChunkedRange range) {
        int host = topology.replicaHosts().get(range.range().shard());
        return host == Topology.NONE || config.replicaVectors() == 0
                ? null
                : topology.members().get(host);
    }

    /** Other workers that share this worker's process, for they share its node. */
    int[] inProcessWorkers() {
        return Arrays.stream(config.otherWorkers())
                .filter(w -> isInProcess(topology.members().get(w)))
                .toArray();
    }

    /** Whether {@code member} is another worker of this process, which needs no streams. */
    boolean isInProcess(Member member) {
        // Who asks for parameters gets a copy of its own: the shard goes on meanwhile.
        return !(config.mode() instanceof ExchangeMode.Relaxed)
                && node.sharesMemoryWith(member)
                && member.aeronDirectory().equals(node.aeronDirectory());
    }

    /** Makes terms shorter until this process fits into its part of the directory and of the container, as far as that goes. */
    private int fit() {
        long free = node.memoryProbe().freeSpace(node.baseDirectory());
        // The other processes on this host are about to take their part, and the next membership
        // takes its own while the streams of this one linger.
        long room = free / processes / 2;
        long containerRoom = node.memoryProbe().containerRoom() / processes;
        int fitting = 0;
        while (fitting < MAX_SHORTEN
                && (budget(fitting).sharedBytes() > room || budget(fitting).totalBytes() > containerRoom)) {
            fitting++;
        }
        MemoryBudget budget = budget(fitting);
        LOG.info(
                "memory of worker {}: {}; {} of it in {}, which has {} free",
                config.worker(),
                budget,
                MemoryBudget.megabytes(budget.sharedBytes()),
                node.baseDirectory(),
                MemoryBudget.megabytes(free));
        budget.require(node.memoryProbe(), node.baseDirectory());
        return fitting;
    }

    /** What this worker needs, with terms for 1 / 2^shortenBy of a step. */
    private MemoryBudget budget(int shortenBy) {
        long gradientTerms = 0;
        long parameterTerms = 0;
        long sums = 0;
        long exact = 0;
        long slots = 0;
        long slotTerms = 0;
        long copies = 0;
        for (ChunkedRange range : config.ranges()) {
            long bytes = range.range().length() * Float.BYTES;
            if (config.hosts(range)) {
                for (int worker : config.otherWorkers()) {
                    sums += bytes * contributions.nodesOf(worker).length;
                    if (!isInProcess(topology.members().get(worker))) {
                        gradientTerms += gradientTermLength(range, worker, shortenBy);
                    }
                }
                exact += config.wire().encodesParameters() ? bytes : 0;
                long hostedSlots = bytes * config.optimizer().slots().size();
                slots += hostedSlots;
                copies += topology.isReplicated() ? bytes + hostedSlots : 0;
                parameterTerms += (long) parameterPublications() * parameterTermLength(range, shortenBy);
                Member replica = replica(range);
                if (replica != null && !node.sharesMemoryWith(replica)) {
                    slotTerms += slotTermLength(range, shortenBy);
                }
            } else if (!node.sharesMemoryWith(host(range))) {
                gradientTerms += gradientTermLength(range, config.worker(), shortenBy);
                parameterTerms += parameterTermLength(range, shortenBy);
            }
            if (replicates(range)) {
                // The slots, and what a step overwrites of them and of the parameters.
                copies += bytes * (1 + 2L * config.replicaVectors());
                slotTerms += config.replicaVectors() > 0 ? slotTermLength(range, shortenBy) : 0;
            }
        }
        return new MemoryBudget(List.of(
                new MemoryBudget.Item("gradient streams", TERMS_PER_LOG * gradientTerms, true),
                new MemoryBudget.Item("parameter streams", TERMS_PER_LOG * parameterTerms, true),
                new MemoryBudget.Item("slot streams", TERMS_PER_LOG * slotTerms, true),
                new MemoryBudget.Item("parameters", config.layout().length() * Float.BYTES, false),
                new MemoryBudget.Item("gradient sums", sums, false),
                new MemoryBudget.Item("residuals", residualBytes(), false),
                new MemoryBudget.Item("exact parameters", exact, false),
                new MemoryBudget.Item("optimizer slots", slots, false),
                new MemoryBudget.Item("replicas", copies, false)));
    }

    private long residualBytes() {
        int leaves = config.wire().gradients().hasResidual()
                ? topology.leavesOf(config.worker()).size()
                : 0;
        return config.layout().length() * Float.BYTES * leaves;
    }

    private int parameterPublications() {
        if (config.mode() instanceof ExchangeMode.Relaxed) {
            return topology.trainers();
        }
        Set<String> endpoints = new HashSet<>();
        for (int worker : config.otherWorkers()) {
            Member member = topology.members().get(worker);
            if (!isInProcess(member)) {
                endpoints.add(node.sharesMemoryWith(member) ? "" : member.endpoint());
            }
        }
        return endpoints.size();
    }

    private int gradientTermLength(ChunkedRange range, int worker, int shortenBy) {
        long bytesPerStep = range.logBytes(node.security().frameOverhead()) * contributions.nodesOf(worker).length;
        return termLength(bytesPerStep >> shortenBy);
    }

    private int parameterTermLength(ChunkedRange range, int shortenBy) {
        return termLength(range.logBytes(node.security().frameOverhead()) >> shortenBy);
    }

    private int slotTermLength(ChunkedRange range, int shortenBy) {
        return termLength((range.logBytes(node.security().frameOverhead()) * config.replicaVectors()) >> shortenBy);
    }

    private int termLength(long bytesPerStep) {
        return onOneHost
                ? LinkSizes.sharedTermLength(bytesPerStep, frameLength(), Math.max(1, processes - 1))
                : LinkSizes.termLength(bytesPerStep, frameLength());
    }
}
