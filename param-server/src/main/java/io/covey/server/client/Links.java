package io.covey.server.client;

import io.aeron.ExclusivePublication;
import io.covey.server.exchange.Contributions;
import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.exchange.RetainedFloats;
import io.covey.server.exchange.SharedFloats;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.DroppedFrames;
import io.covey.server.frame.FramePublication;
import io.covey.server.frame.StreamIds;
import io.covey.server.membership.Member;
import io.covey.server.membership.Topology;
import io.covey.server.security.DataSession;
import io.covey.server.shard.InProcessShard;
import io.covey.server.shard.RelaxedShard;
import io.covey.server.shard.ShardHolding;
import io.covey.server.shard.ShardServer;
import io.covey.server.transport.EndpointSubscription;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.memory.NativeFloats;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes the streams between one worker and the server shards. Gradients: a publication per worker and shard. Parameters:
 * one publication per shard for all workers that share its host's memory, and one by UDP for each other endpoint.
 */
final class Links {
    private final ExchangeConfig config;
    private final Topology topology;
    private final Contributions contributions;
    private final TransportNode node;
    private final LinkPlan plan;

    Links(ExchangeConfig config, Contributions contributions, TransportNode node) {
        this.config = config;
        this.topology = config.topology();
        this.contributions = contributions;
        this.node = node;
        this.plan = new LinkPlan(config, contributions, node);
    }

    LinkPlan plan() {
        return plan;
    }

    ShardServer server(ChunkedRange range, SharedFloats parameters, DroppedFrames dropped, List<AutoCloseable> made) {
        int gradients = StreamIds.gradients(topology.epoch(), shard(range));
        EndpointSubscription subscription = keep(node.subscribeUdpOrIpc(gradients), made);
        List<DataSession> senders = new ArrayList<>();
        List<FramePublication> publications = new ArrayList<>();
        int stream = StreamIds.parameters(topology.epoch(), shard(range));
        int termLength = plan.parameterTermLength(range);
        String name = "the parameter stream of server shard " + shard(range) + " to ";
        Set<String> destinations = new HashSet<>();
        for (int worker : config.otherWorkers()) {
            Member member = topology.members().get(worker);
            if (plan.isInProcess(member)) {
                continue;
            }
            boolean sharing = node.sharesMemoryWith(member);
            senders.add(session(
                    gradients,
                    member,
                    sharing ? memory(plan.self()) : plan.self().endpoint()));
            // One stream for all that share this host's memory.
            String destination = sharing ? memory(plan.self()) : member.endpoint();
            if (destinations.add(destination)) {
                DataSession session = session(stream, plan.self(), destination);
                ExclusivePublication publication = sharing
                        ? node.ipcPublication(stream, session.id(), termLength, plan.frameLength())
                        : node.udpPublicationTo(member, stream, session.id(), termLength, plan.frameLength());
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
                plan.inProcessWorkers(),
                subscription,
                publications,
                replicaPublication(range, made),
                dropped);
        server.accept(senders, plan.frameLength());
        return keep(server, made);
    }

    /** A shard that answers each worker by itself. */
    RelaxedShard relaxedShard(
            ChunkedRange range, SharedFloats parameters, DroppedFrames dropped, List<AutoCloseable> made) {
        int gradients = StreamIds.gradients(topology.epoch(), shard(range));
        EndpointSubscription subscription = keep(node.subscribeUdpOrIpc(gradients), made);
        int stream = StreamIds.parameters(topology.epoch(), shard(range));
        int termLength = plan.parameterTermLength(range);
        List<DataSession> senders = new ArrayList<>();
        List<FramePublication> publications = new ArrayList<>();
        for (Member member : topology.members().subList(0, topology.trainers())) {
            boolean sharing = node.sharesMemoryWith(member);
            senders.add(session(
                    gradients,
                    member,
                    sharing ? memory(plan.self()) : plan.self().endpoint()));
            DataSession session = session(stream, plan.self(), place(plan.self(), member, sharing));
            publications.add(publication(
                    sharing
                            ? node.ipcPublication(stream, session.id(), termLength, plan.frameLength())
                            : node.udpPublicationTo(member, stream, session.id(), termLength, plan.frameLength()),
                    "the parameter stream of server shard " + shard(range) + " to " + member,
                    session,
                    made));
        }
        RelaxedShard server = new RelaxedShard(range, config, parameters, subscription, publications, dropped);
        server.accept(senders, plan.frameLength());
        return keep(server, made);
    }

    /** The way to such a shard and back. */
    RelaxedLink relaxedLink(
            ChunkedRange range, NativeFloats parameters, DroppedFrames dropped, List<AutoCloseable> made) {
        Member host = plan.host(range);
        int stream = StreamIds.parameters(topology.epoch(), shard(range));
        DataSession session = session(stream, host, place(host, plan.self(), node.sharesMemoryWith(host)));
        AeronParameterReceiver receiver = keep(
                new AeronParameterReceiver(
                        range,
                        topology.epoch(),
                        keep(node.subscriptionFrom(host, stream, session.id()), made),
                        parameters,
                        config.parameterCodec(range),
                        null,
                        dropped),
                made);
        receiver.accept(session, plan.frameLength());
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
        Member replica = plan.replica(range);
        if (replica == null) {
            return null;
        }
        int stream = StreamIds.slots(topology.epoch(), shard(range));
        DataSession session =
                session(stream, plan.self(), node.sharesMemoryWith(replica) ? memory(replica) : replica.endpoint());
        return publication(
                node.exclusivePublicationTo(
                        replica, stream, session.id(), plan.slotTermLength(range), plan.frameLength()),
                "the slots of server shard " + shard(range) + " to their replica on " + replica,
                session,
                made);
    }

    /** Takes the optimizer's slots of a shard that this worker {@link LinkPlan#replicates}; null if there are none. */
    SlotReceiver slotReceiver(ChunkedRange range, DroppedFrames dropped, List<AutoCloseable> made) {
        if (config.replicaVectors() == 0) {
            return null;
        }
        Member host = plan.host(range);
        int stream = StreamIds.slots(topology.epoch(), shard(range));
        SlotReceiver receiver = keep(
                SlotReceiver.of(
                        range,
                        config.replicaVectors(),
                        topology.epoch(),
                        keep(node.subscribeUdpOrIpc(stream), made),
                        dropped),
                made);
        DataSession session = session(
                stream,
                host,
                node.sharesMemoryWith(host) ? memory(plan.self()) : plan.self().endpoint());
        receiver.accept(session, plan.frameLength());
        return receiver;
    }

    /** The replica that the two receivers fill; {@code slots} is null if the shard sends none. */
    ShardHolding replica(ChunkedRange range, ParameterReceiver parameters, SlotReceiver slots) {
        List<RetainedFloats> vectors = new ArrayList<>();
        if (slots != null) {
            vectors.addAll(slots.retained());
        }
        // The exact parameters come first: those that all workers get or, if they get them encoded, the last vector.
        vectors.add(
                0,
                config.wire().encodesParameters()
                        ? vectors.remove(vectors.size() - 1)
                        : ((AeronParameterReceiver) parameters).retained());
        return new ShardHolding(range.range(), vectors);
    }

    ParameterReceiver receiver(
            ChunkedRange range, NativeFloats parameters, DroppedFrames dropped, List<AutoCloseable> made) {
        Member host = plan.host(range);
        if (plan.isInProcess(host)) {
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
                        plan.replicates(range) && !config.wire().encodesParameters()
                                ? new RetainedFloats(
                                        range,
                                        parameters.slice(
                                                range.range().offset(),
                                                range.range().length()))
                                : null,
                        dropped),
                made);
        DataSession session = session(
                stream,
                host,
                node.sharesMemoryWith(host) ? memory(host) : plan.self().endpoint());
        receiver.accept(session, plan.frameLength());
        return receiver;
    }

    GradientSender sender(ChunkedRange range, List<AutoCloseable> made) {
        return keep(new GradientSender(range, sink(range, made)), made);
    }

    private GradientSink sink(ChunkedRange range, List<AutoCloseable> made) {
        Member host = plan.host(range);
        if (plan.isInProcess(host)) {
            return new InProcessGradientSink(
                    join(range), config.worker(), range, contributions, config.gradientCodec(range));
        }
        return new AeronGradientSink(gradientPublication(range, made), range, config.gradientCodec(range));
    }

    private FramePublication gradientPublication(ChunkedRange range, List<AutoCloseable> made) {
        Member host = plan.host(range);
        int stream = StreamIds.gradients(topology.epoch(), shard(range));
        int termLength = plan.gradientTermLength(range);
        DataSession session =
                session(stream, plan.self(), node.sharesMemoryWith(host) ? memory(host) : host.endpoint());
        return publication(
                node.exclusivePublicationTo(host, stream, session.id(), termLength, plan.frameLength()),
                "the gradient stream to server shard " + shard(range) + " on " + host,
                session,
                made);
    }

    private DataSession session(int stream, Member sender, String destination) {
        return new DataSession(node.security(), topology.epoch(), stream, sender.worker(), destination);
    }

    /** The destination of what lies in {@code member}'s driver for all who can see it. */
    private static String memory(Member member) {
        return "memory of " + member.aeronDirectory();
    }

    private InProcessShard join(ChunkedRange range) {
        InProcessShard.Key key = new InProcessShard.Key(node.aeronDirectory(), topology.epoch(), shard(range));
        return InProcessShard.join(
                key, range, topology.members().size(), contributions.nodes().size());
    }

    private FramePublication publication(
            ExclusivePublication publication, String name, DataSession session, List<AutoCloseable> made) {
        return keep(new FramePublication(publication, name, session, plan.frameLength(), node::wakeDriver), made);
    }

    private static <T extends AutoCloseable> T keep(T resource, List<AutoCloseable> made) {
        made.add(0, resource);
        return resource;
    }

    private static int shard(ChunkedRange range) {
        return range.range().shard();
    }
}
