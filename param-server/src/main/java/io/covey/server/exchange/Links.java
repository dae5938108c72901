package io.covey.server.exchange;

import io.aeron.ExclusivePublication;
import io.aeron.logbuffer.FrameDescriptor;
import io.covey.server.membership.Member;
import io.covey.server.membership.Topology;
import io.covey.server.transport.EndpointSubscription;
import io.covey.server.transport.LinkSizes;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.memory.NativeFloats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.agrona.BitUtil;

/**
 * Makes the streams between one worker and the server shards. Gradients: a publication per worker and shard. Parameters:
 * one publication per shard for all workers that share its host's memory, and one by UDP for each other endpoint.
 */
final class Links {
    private static final int TERMS_PER_LOG = 3;

    private final ExchangeConfig config;
    private final Topology topology;
    private final Contributions contributions;
    private final TransportNode node;
    private final int shift;

    Links(ExchangeConfig config, Contributions contributions, TransportNode node) {
        this.config = config;
        this.topology = config.topology();
        this.contributions = contributions;
        this.node = node;
        this.shift = fit();
    }

    /** Makes terms shorter until the logs in this node's directory fit, as far as that goes. */
    private int fit() {
        Set<String> directories = new HashSet<>();
        for (Member member : topology.members()) {
            if (node.sharesMemoryWith(member)) {
                directories.add(member.aeronDirectory());
            }
        }
        // The other processes on this host are about to take their part.
        long room = node.freeSpace() / Math.max(1, directories.size());
        int shift = 0;
        while (logBytes(shift) > room && logBytes(shift + 1) < logBytes(shift)) {
            shift++;
        }
        node.requireSpace(logBytes(shift), "gradients and parameters");
        return shift;
    }

    /** Bytes of the logs that lie in this node's directory, terms being for 1 / 2^shift of a step. */
    private long logBytes(int shift) {
        long termBytes = 0;
        for (ChunkedRange range : config.ranges()) {
            if (config.hosts(range)) {
                for (int worker : config.otherWorkers()) {
                    if (!isInProcess(topology.members().get(worker))) {
                        termBytes += gradientTermLength(range, worker, shift);
                    }
                }
                termBytes += (long) parameterPublications() * parameterTermLength(range, shift);
                Member replica = replica(range);
                if (replica != null && !node.sharesMemoryWith(replica)) {
                    termBytes += slotTermLength(range, shift);
                }
            } else if (!node.sharesMemoryWith(host(range))) {
                termBytes += gradientTermLength(range, config.worker(), shift);
                termBytes += parameterTermLength(range, shift);
            }
            if (replicates(range) && slotCount() > 0) {
                termBytes += slotTermLength(range, shift);
            }
        }
        return TERMS_PER_LOG * termBytes;
    }

    ShardServer server(ChunkedRange range, SharedFloats parameters, DroppedFrames dropped, List<AutoCloseable> made) {
        EndpointSubscription subscription =
                keep(node.subscribeUdpOrIpc(StreamIds.gradients(topology.epoch(), shard(range))), made);
        List<FramePublication> publications = new ArrayList<>();
        int stream = StreamIds.parameters(topology.epoch(), shard(range));
        int termLength = parameterTermLength(range, shift);
        String name = "the parameter stream of server shard " + shard(range) + " to ";
        Set<String> endpoints = new HashSet<>();
        boolean sharing = false;
        for (int worker : config.otherWorkers()) {
            Member member = topology.members().get(worker);
            if (isInProcess(member)) {
                continue;
            }
            if (node.sharesMemoryWith(member)) {
                if (!sharing) {
                    sharing = true;
                    publications.add(publication(
                            node.ipcPublication(stream, termLength, frameLength()),
                            name + "workers on this host",
                            made));
                }
            } else if (endpoints.add(member.endpoint())) {
                publications.add(publication(
                        node.udpPublicationTo(member, stream, termLength, frameLength()), name + member, made));
            }
        }
        return keep(
                new ShardServer(
                        range,
                        config,
                        contributions,
                        parameters,
                        join(range),
                        inProcessWorkers(),
                        subscription,
                        publications,
                        replicaPublication(range, made),
                        dropped),
                made);
    }

    private FramePublication replicaPublication(ChunkedRange range, List<AutoCloseable> made) {
        Member replica = replica(range);
        if (replica == null) {
            return null;
        }
        int stream = StreamIds.slots(topology.epoch(), shard(range));
        return publication(
                node.exclusivePublicationTo(replica, stream, slotTermLength(range, shift), frameLength()),
                "the slots of server shard " + shard(range) + " to their replica on " + replica,
                made);
    }

    /** Takes the optimizer's slots of a shard that this worker {@link #replicates}; null if there are none. */
    SlotReceiver slotReceiver(ChunkedRange range, DroppedFrames dropped, List<AutoCloseable> made) {
        if (slotCount() == 0) {
            return null;
        }
        int stream = StreamIds.slots(topology.epoch(), shard(range));
        return keep(
                new SlotReceiver(
                        range, slotCount(), topology.epoch(), keep(node.subscribeUdpOrIpc(stream), made), dropped),
                made);
    }

    /** Whether this worker keeps the replica of a shard. */
    boolean replicates(ChunkedRange range) {
        return topology.replicaHosts().get(shard(range)) == config.worker();
    }

    /** Who takes a shard's slots; null if it has no replica or the optimizer no slots. */
    private Member replica(ChunkedRange range) {
        int host = topology.replicaHosts().get(shard(range));
        return host == Topology.NONE || slotCount() == 0
                ? null
                : topology.members().get(host);
    }

    private int slotCount() {
        return config.optimizer().slots().size();
    }

    ParameterReceiver receiver(
            ChunkedRange range, NativeFloats parameters, DroppedFrames dropped, List<AutoCloseable> made) {
        Member host = host(range);
        if (isInProcess(host)) {
            return keep(
                    new InProcessParameterReceiver(join(range), range, config.worker(), host.worker(), parameters),
                    made);
        }
        int stream = StreamIds.parameters(topology.epoch(), shard(range));
        return keep(
                new AeronParameterReceiver(
                        range,
                        topology.epoch(),
                        keep(node.subscriptionFrom(host, stream), made),
                        parameters,
                        replicates(range),
                        dropped),
                made);
    }

    GradientSender sender(ChunkedRange range, List<AutoCloseable> made) {
        return keep(new GradientSender(range, sink(range, made)), made);
    }

    private GradientSink sink(ChunkedRange range, List<AutoCloseable> made) {
        Member host = host(range);
        if (isInProcess(host)) {
            return new InProcessGradientSink(join(range), config.worker(), range, contributions);
        }
        int stream = StreamIds.gradients(topology.epoch(), shard(range));
        int termLength = gradientTermLength(range, config.worker(), shift);
        return new AeronGradientSink(publication(
                node.exclusivePublicationTo(host, stream, termLength, frameLength()),
                "the gradient stream to server shard " + shard(range) + " on " + host,
                made));
    }

    private InProcessShard join(ChunkedRange range) {
        InProcessShard.Key key = new InProcessShard.Key(node.aeronDirectory(), topology.epoch(), shard(range));
        return InProcessShard.join(
                key, range, topology.members().size(), contributions.nodes().size());
    }

    /** Other workers that share this worker's process, for they share its node. */
    private int[] inProcessWorkers() {
        return Arrays.stream(config.otherWorkers())
                .filter(w -> isInProcess(topology.members().get(w)))
                .toArray();
    }

    private boolean isInProcess(Member member) {
        return node.sharesMemoryWith(member) && member.aeronDirectory().equals(node.aeronDirectory());
    }

    private FramePublication publication(ExclusivePublication publication, String name, List<AutoCloseable> made) {
        return keep(new FramePublication(publication, name, topology.epoch()), made);
    }

    private static <T extends AutoCloseable> T keep(T resource, List<AutoCloseable> made) {
        made.add(0, resource);
        return resource;
    }

    private int parameterPublications() {
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
        long bytesPerStep = range.logBytes() * contributions.nodesOf(worker).length;
        return LinkSizes.termLength(bytesPerStep >> shortenBy, frameLength());
    }

    private int parameterTermLength(ChunkedRange range, int shortenBy) {
        return LinkSizes.termLength(range.logBytes() >> shortenBy, frameLength());
    }

    private int slotTermLength(ChunkedRange range, int shortenBy) {
        return LinkSizes.termLength((range.logBytes() * slotCount()) >> shortenBy, frameLength());
    }

    /** Bytes of the longest frame, with Aeron's alignment: the MTU that the streams need. */
    private int frameLength() {
        return BitUtil.align(
                topology.chunkLength() * Float.BYTES + ChunkLength.FRAME_OVERHEAD, FrameDescriptor.FRAME_ALIGNMENT);
    }

    private Member host(ChunkedRange range) {
        return topology.members().get(topology.shardHosts().get(shard(range)));
    }

    private static int shard(ChunkedRange range) {
        return range.range().shard();
    }
}
