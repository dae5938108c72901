package io.covey.server.control;

import io.covey.server.security.Envelope;
import io.covey.server.security.Handshake;
import io.covey.server.security.Refusals;
import io.covey.server.security.RefusedException;
import io.covey.server.transport.EndpointSubscription;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.CoveyException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator's end of the control plane. A worker is heard once it has proved that it knows the job's secret; whatever
 * else comes is counted and dropped, at the cost of one hash. Never waits. Used by one thread at a time.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

    /** Workers that have said hello and may not yet have answered; a stranger cannot add to them. */
    private static final int PENDING_LIMIT = 1024;

    private static final int FRAGMENT_LIMIT = 64;

    private record Received(ControlConnection connection, int epoch, WorkerMessage message) {}

    private final TransportNode node;
    private final long run;
    private final long pendingNs;
    private final NanoClock clock;
    private final EndpointSubscription subscription;
    private final WorkerMessageCodec codec;
    private final Refusals refusals = new Refusals("the coordinator");
    private final MessageAssembler assembler = new MessageAssembler(this::onMessage, refusals);
    /** Every connection that there was; what failed to prove itself is null. */
    private final Map<Long, ControlConnection> connections = new HashMap<>();

    private final Set<ControlConnection> pending = new HashSet<>();
    private final Map<Integer, ControlConnection> joined = new HashMap<>();
    private final Queue<Received> received = new ArrayDeque<>();
    private CoveyException failure;

    /**
     * Starts to listen.
     *
     * @param run number of the run
     * @param connectTimeoutNs within which a worker that has said hello must answer the challenge
     */
    public ControlServer(TransportNode node, long run, long connectTimeoutNs, NanoClock clock) {
        this.node = node;
        this.run = run;
        this.pendingNs = connectTimeoutNs;
        this.clock = clock;
        codec = new WorkerMessageCodec(run);
        subscription = node.subscribeUdpOrIpc(ControlStreams.TO_COORDINATOR);
    }

    /**
     * Hands over what authenticated workers have said, without waiting. The receiver may throw.
     *
     * @return how many messages have come
     * @throws CoveyException when a message cannot be understood; those before it have been handed over
     */
    public int poll(ControlCodec.Receiver<? super WorkerMessage> receiver) {
        subscription.poll(assembler, FRAGMENT_LIMIT);
        challenge();
        // Only what workers say counts: noise must not put off a deadline.
        int messages = received.size();
        Received next;
        while ((next = received.poll()) != null) {
            if (next.message instanceof WorkerMessage.Join) {
                joined.put(next.connection.worker(), next.connection);
            }
            receiver.onMessage(next.connection.worker(), next.epoch, next.message);
        }
        if (failure != null) {
            CoveyException thrown = failure;
            failure = null;
            throw thrown;
        }
        return messages;
    }

    /** The way to the process that joined last as this worker. */
    public ControlPublication<Command> publicationTo(int worker) {
        return joined.get(worker).publication();
    }

    /** Whether nothing can come any more, as after this process did not run for longer than its media driver waits. */
    public boolean isClosed() {
        return subscription.isClosed();
    }

    /** What was not a worker's of this run. */
    public Refusals refusals() {
        return refusals;
    }

    private void challenge() {
        Iterator<ControlConnection> waiting = pending.iterator();
        while (waiting.hasNext()) {
            ControlConnection connection = waiting.next();
            if (connection.isProved()) {
                waiting.remove();
            } else if (clock.nanoTime() - connection.madeNs() > pendingNs || !connection.challenge()) {
                waiting.remove();
                connections.put(connection.number(), null);
                connection.close();
            }
        }
    }

    // Aeron hands an exception of a fragment handler to its error handler, so what goes wrong here must wait for poll.
    private void onMessage(DirectBuffer buffer, int offset, int length, int session) throws RefusedException {
        Envelope envelope = Envelope.read(buffer, offset, length);
        if (envelope.run() != run) {
            throw new RefusedException("a message of another run or connection");
        }
        if (envelope.kind() == Envelope.HELLO) {
            onHello(envelope, buffer, offset, length, session);
            return;
        }
        ControlConnection connection = connections.get(envelope.connection());
        if (envelope.kind() != Envelope.MESSAGE
                || connection == null
                || connection.session() != session
                || connection.worker() != envelope.worker()) {
            throw new RefusedException("a message that has no place in the conversation");
        }
        DirectBuffer payload = connection.open(envelope, buffer, offset, length);
        try {
            codec.decode(
                    payload,
                    0,
                    envelope.payloadLength(),
                    (worker, epoch, message) -> received.add(new Received(connection, epoch, message)));
        } catch (ControlProtocolException e) {
            failure = e;
        }
    }

    private void onHello(Envelope envelope, DirectBuffer buffer, int offset, int length, int session)
            throws RefusedException {
        if (connections.containsKey(envelope.connection())) {
            throw new RefusedException("a hello that was replayed");
        }
        if (pending.size() >= PENDING_LIMIT) {
            throw new RefusedException("one of too many hellos at a time");
        }
        Handshake handshake = new Handshake(node.security(), run, envelope.worker(), envelope.connection());
        DirectBuffer payload = handshake.helloOpener().open(envelope, buffer, offset, length);
        Hello hello = Hello.decode(payload, envelope.payloadLength(), envelope.worker(), run);
        try {
            ControlConnection connection = new ControlConnection(
                    envelope,
                    session,
                    handshake,
                    hello.nonce(),
                    node.publicationTo(hello.member(), ControlStreams.TO_WORKERS),
                    run,
                    clock.nanoTime());
            connections.put(envelope.connection(), connection);
            pending.add(connection);
            assembler.trust(session);
        } catch (CoveyException e) {
            if (e.category() == CoveyException.Category.CALLER) {
                failure = e;
            } else {
                // Its process has ended meanwhile: no reason to end those of others.
                LOG.warn("{} wants to join and cannot be reached", hello.member(), e);
                connections.put(envelope.connection(), null);
            }
        }
    }

    @Override
    public void close() {
        for (ControlConnection connection : connections.values()) {
            CloseHelper.close(connection);
        }
        CloseHelper.close(subscription);
    }
}
