package io.covey.server.exchange;

import io.aeron.ExclusivePublication;
import io.aeron.logbuffer.FrameDescriptor;
import io.covey.server.membership.Member;
import io.covey.server.membership.Topology;
import io.covey.server.security.DataSession;
import io.covey.server.security.JobSecurity;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the streams between one worker and the server shards. Gradients: a publication per worker and shard. Parameters:
 * one publication per shard for all workers that share its host's memory, and one by UDP for each other endpoint.
 */
final class Links {
    private static final Logger LOG = LoggerFactory.getLogger(Links.class);
    private static final int TERMS_PER_LOG = 3;

    private final ExchangeConfig config;
    private final Topology topology;
    private final Contributions contributions;
    private final TransportNode node;
    private final JobSecurity security;
    private final boolean onOneHost;
    private final int shift;

    Links(ExchangeConfig config, Contributions contributions, TransportNode node) {
        this.config = config;
        this.topology = config.topology();
        this.contributions = contributions;
        this.node = node;
        this.security = node.security();
        this.onOneHost = topology.members().stream().allMatch(node::sharesMemoryWith);
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
        long free = node.memoryProbe().freeSpace(node.baseDirectory());
        // The other processes on this host are about to take their part, and the next membership takes its own while
        // the
        // streams of this one linger.
        long room = free / Math.max(1, directories.size()) / 2;
        int fitting = 0;
        while (budget(fitting).sharedBytes() > room
                && budget(fitting + 1).sharedBytes() < budget(fitting).sharedBytes()) {
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

    /** What this worker needs, with terms for 1 / 2^shorten of a step. */
    private MemoryBudget budget(int shorten) {
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
                        gradientTerms += gradientTermLength(range, worker, shorten);
                    }
                }
                exact += config.wire().encodesParameters() ? bytes : 0;
                long hostedSlots = bytes * config.optimizer().slots().size();
                slots += hostedSlots;
                copies += topology.isReplicated() ? bytes + hostedSlots : 0;
                parameterTerms += (long) parameterPublications() * parameterTermLength(range, shorten);
                Member replica = replica(range);
                if (replica != null && !node.sharesMemoryWith(replica)) {
                    slotTerms += slotTermLength(range, shorten);
                }
            } else if (!node.sharesMemoryWith(host(range))) {
                gradientTerms += gradientTermLength(range, config.worker(), shorten);
                parameterTerms += parameterTermLength(range, shorten);
            }
            if (replicates(range)) {
                // The slots, and what a step overwrites of them and of the parameters.
                copies += bytes * (1 + 2L * config.replicaVectors());
                slotTerms += config.replicaVectors() > 0 ? slotTermLength(range, shorten) : 0;
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

    ShardServer server(ChunkedRange range, SharedFloats parameters, DroppedFrames dropped, List<AutoCloseable> made) {
        int gradients = StreamIds.gradients(topology.epoch(), shard(range));
        EndpointSubscription subscription = keep(node.subscribeUdpOrIpc(gradients), made);
        List<DataSession> senders = new ArrayList<>();
        List<FramePublication> publications = new ArrayList<>();
        int stream = StreamIds.parameters(topology.epoch(), shard(range));
        int termLength = parameterTermLength(range, shift);
        String name = "the parameter stream of server shard " + shard(range) + " to ";
        Set<String> destinations = new HashSet<>();
        for (int worker : config.otherWorkers()) {
            Member member = topology.members().get(worker);
            if (isInProcess(member)) {
                continue;
            }
            boolean sharing = node.sharesMemoryWith(member);
            senders.add(session(gradients, member, sharing ? memory(self()) : self().endpoint()));
            // One stream for all that share this host's memory.
            String destination = sharing ? memory(self()) : member.endpoint();
            if (destinations.add(destination)) {
                DataSession session = session(stream, self(), destination);
                ExclusivePublication publication = sharing
                        ? node.ipcPublication(stream, session.id(), termLength, frameLength())
                        : node.udpPublicationTo(member, stream, session.id(), termLength, frameLength());
                publications.add(
                        publication(publication, name + (sharing ? "workers on this host" : member), session, made));
            }
        }
        ShardServer server = new ShardServer(
                range,
                config,
                contributions,
                parameters,
                join(range),
                inProcessWorkers(),
                subscription,
                publications,
                replicaPublication(range, made),
                dropped);
        server.guard(new FrameGuard(server::onFragment, senders, frameLength(), dropped));
        return keep(server, made);
    }

    /** A shard that answers each worker by itself. */
    RelaxedShard relaxedShard(
            ChunkedRange range, SharedFloats parameters, DroppedFrames dropped, List<AutoCloseable> made) {
        int gradients = StreamIds.gradients(topology.epoch(), shard(range));
        EndpointSubscription subscription = keep(node.subscribeUdpOrIpc(gradients), made);
        int stream = StreamIds.parameters(topology.epoch(), shard(range));
        int termLength = parameterTermLength(range, shift);
        List<DataSession> senders = new ArrayList<>();
        List<FramePublication> publications = new ArrayList<>();
        for (Member member : topology.members().subList(0, topology.trainers())) {
            boolean sharing = node.sharesMemoryWith(member);
            senders.add(session(gradients, member, sharing ? memory(self()) : self().endpoint()));
            DataSession session = session(stream, self(), place(self(), member, sharing));
            publications.add(publication(
                    sharing
                            ? node.ipcPublication(stream, session.id(), termLength, frameLength())
                            : node.udpPublicationTo(member, stream, session.id(), termLength, frameLength()),
                    "the parameter stream of server shard " + shard(range) + " to " + member,
                    session,
                    made));
        }
        RelaxedShard server = new RelaxedShard(range, config, parameters, subscription, publications, dropped);
        server.guard(new FrameGuard(server::onFragment, senders, frameLength(), dropped));
        return keep(server, made);
    }

    /** The way to such a shard and back. */
    RelaxedLink relaxedLink(
            ChunkedRange range, NativeFloats parameters, DroppedFrames dropped, List<AutoCloseable> made) {
        Member host = host(range);
        int stream = StreamIds.parameters(topology.epoch(), shard(range));
        DataSession session = session(stream, host, place(host, self(), node.sharesMemoryWith(host)));
        AeronParameterReceiver receiver = keep(
                new AeronParameterReceiver(
                        range,
                        topology.epoch(),
                        keep(node.subscriptionFrom(host, stream, session.id()), made),
                        parameters,
                        config.parameterCodec(range),
                        false,
                        dropped),
                made);
        receiver.guard(new FrameGuard(receiver::onFragment, List.of(session), frameLength(), dropped), session.id());
        FramePublication gradients = gradientPublication(range, made);
        return new RelaxedLink(
                keep(
                        new GradientSender(range, new AeronGradientSink(gradients, range, config.gradientCodec(range))),
                        made),
                gradients,
                receiver);
    }

    /** Where one worker alone takes what {@code host} sends it. */
    private static String place(Member host, Member worker, boolean sharing) {
        return (sharing ? memory(host) : worker.endpoint()) + " for worker " + worker.worker();
    }

    private FramePublication replicaPublication(ChunkedRange range, List<AutoCloseable> made) {
        Member replica = replica(range);
        if (replica == null) {
            return null;
        }
        int stream = StreamIds.slots(topology.epoch(), shard(range));
        DataSession session =
                session(stream, self(), node.sharesMemoryWith(replica) ? memory(replica) : replica.endpoint());
        return publication(
                node.exclusivePublicationTo(replica, stream, session.id(), slotTermLength(range, shift), frameLength()),
                "the slots of server shard " + shard(range) + " to their replica on " + replica,
                session,
                made);
    }

    /** Takes the optimizer's slots of a shard that this worker {@link #replicates}; null if there are none. */
    SlotReceiver slotReceiver(ChunkedRange range, DroppedFrames dropped, List<AutoCloseable> made) {
        if (config.replicaVectors() == 0) {
            return null;
        }
        Member host = host(range);
        int stream = StreamIds.slots(topology.epoch(), shard(range));
        SlotReceiver receiver = keep(
                new SlotReceiver(
                        range,
                        config.replicaVectors(),
                        topology.epoch(),
                        keep(node.subscribeUdpOrIpc(stream), made),
                        dropped),
                made);
        DataSession session = session(stream, host, node.sharesMemoryWith(host) ? memory(self()) : self().endpoint());
        receiver.guard(new FrameGuard(receiver::onFragment, List.of(session), frameLength(), dropped), session.id());
        return receiver;
    }

    /** Whether this worker keeps the replica of a shard. */
    boolean replicates(ChunkedRange range) {
        return topology.replicaHosts().get(shard(range)) == config.worker();
    }

    /** Who takes a shard's slots; null if it has no replica or the optimizer no slots. */
    private Member replica(ChunkedRange range) {
        int host = topology.replicaHosts().get(shard(range));
        return host == Topology.NONE || config.replicaVectors() == 0
                ? null
                : topology.members().get(host);
    }

    ParameterReceiver receiver(
            ChunkedRange range, NativeFloats parameters, DroppedFrames dropped, List<AutoCloseable> made) {
        Member host = host(range);
        if (isInProcess(host)) {
            return keep(
                    new InProcessParameterReceiver(
                            join(range),
                            range,
                            config.worker(),
                            topology.shardHosts().get(shard(range)),
                            parameters),
                    made);
        }
        int stream = StreamIds.parameters(topology.epoch(), shard(range));
        AeronParameterReceiver receiver = keep(
                new AeronParameterReceiver(
                        range,
                        topology.epoch(),
                        keep(node.subscriptionFrom(host, stream), made),
                        parameters,
                        config.parameterCodec(range),
                        replicates(range) && !config.wire().encodesParameters(),
                        dropped),
                made);
        DataSession session = session(stream, host, node.sharesMemoryWith(host) ? memory(host) : self().endpoint());
        receiver.guard(new FrameGuard(receiver::onFragment, List.of(session), frameLength(), dropped), session.id());
        return receiver;
    }

    GradientSender sender(ChunkedRange range, List<AutoCloseable> made) {
        return keep(new GradientSender(range, sink(range, made)), made);
    }

    private GradientSink sink(ChunkedRange range, List<AutoCloseable> made) {
        Member host = host(range);
        if (isInProcess(host)) {
            return new InProcessGradientSink(
                    join(range), config.worker(), range, contributions, config.gradientCodec(range));
        }
        return new AeronGradientSink(gradientPublication(range, made), range, config.gradientCodec(range));
    }

    private FramePublication gradientPublication(ChunkedRange range, List<AutoCloseable> made) {
        Member host = host(range);
        int stream = StreamIds.gradients(topology.epoch(), shard(range));
        int termLength = gradientTermLength(range, config.worker(), shift);
        DataSession session = session(stream, self(), node.sharesMemoryWith(host) ? memory(host) : host.endpoint());
        return publication(
                node.exclusivePublicationTo(host, stream, session.id(), termLength, frameLength()),
                "the gradient stream to server shard " + shard(range) + " on " + host,
                session,
                made);
    }

    private DataSession session(int stream, Member sender, String destination) {
        return new DataSession(security, topology.epoch(), stream, sender.worker(), destination);
    }

    /** The destination of what lies in {@code member}'s driver for all who can see it. */
    private static String memory(Member member) {
        return "memory of " + member.aeronDirectory();
    }

    private Member self() {
        return topology.members().get(config.worker());
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
        // Who asks for parameters gets a copy of its own: the shard goes on meanwhile.
        return !(config.mode() instanceof ExchangeMode.Relaxed)
                && node.sharesMemoryWith(member)
                && member.aeronDirectory().equals(node.aeronDirectory());
    }

    private FramePublication publication(
            ExclusivePublication publication, String name, DataSession session, List<AutoCloseable> made) {
        return keep(new FramePublication(publication, name, session, frameLength()), made);
    }

    private static <T extends AutoCloseable> T keep(T resource, List<AutoCloseable> made) {
        made.add(0, resource);
        return resource;
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
        long bytesPerStep = range.logBytes(security.frameOverhead()) * contributions.nodesOf(worker).length;
        return LinkSizes.termLength(bytesPerStep >> shortenBy, frameLength(), onOneHost);
    }

    private int parameterTermLength(ChunkedRange range, int shortenBy) {
        return LinkSizes.termLength(range.logBytes(security.frameOverhead()) >> shortenBy, frameLength(), onOneHost);
    }

    private int slotTermLength(ChunkedRange range, int shortenBy) {
        return LinkSizes.termLength(
                (range.logBytes(security.frameOverhead()) * config.replicaVectors()) >> shortenBy,
                frameLength(),
                onOneHost);
    }

    /** Bytes of the longest frame, with Aeron's alignment: the MTU that the streams need. */
    int frameLength() {
        return BitUtil.align(
                topology.chunkLength() * Float.BYTES + ChunkLength.FRAME_OVERHEAD + security.frameOverhead(),
                FrameDescriptor.FRAME_ALIGNMENT);
    }

    private Member host(ChunkedRange range) {
        return topology.members().get(topology.shardHosts().get(shard(range)));
    }

    private static int shard(ChunkedRange range) {
        return range.range().shard();
    }
}
