package io.covey.server.control;

import io.aeron.Publication;
import io.covey.server.security.Envelope;
import io.covey.server.security.Handshake;
import io.covey.server.security.MessageOpener;
import io.covey.server.security.MessageSealer;
import io.covey.server.security.Refusals;
import io.covey.server.security.RefusedException;
import io.covey.server.transport.EndpointSubscription;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.CoveyException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A worker's end of the control plane: proves to the coordinator that it knows the job's secret, has the coordinator prove the
 * same, then sends and receives. Never waits. One thread polls; any thread sends.
 */
public final class ControlClient implements AutoCloseable {
    private static final int FRAGMENT_LIMIT = 64;

    private record Received(int epoch, Command command) {}

    private final int worker;
    private final CoordinatorAddress coordinator;
    private final EndpointSubscription subscription;
    private final Publication publication;
    private final CommandCodec codec;
    private final long connection = Handshake.newConnection();
    private final Handshake handshake;
    private final byte[] nonce = Handshake.newNonce();
    private final MessageSealer helloSealer;
    private final MessageOpener challengeOpener;
    private final int helloLength;
    private final Refusals refusals;
    private final MessageAssembler assembler;
    private final Queue<Received> received = new ArrayDeque<>();
    private boolean saidHello;
    private int coordinatorSession;
    private MessageOpener opener;
    private volatile ControlPublication<WorkerMessage> sealed;
    private volatile int epoch;
    private CoveyException failure;

    /**
     * Begins to connect; {@link #poll} goes on with it.
     *
     * @param worker number of this worker
     * @throws CoveyException a caller's error when this process' address does not fit into one frame
     */
    public ControlClient(int worker, CoordinatorAddress coordinator, TransportNode node) {
        this(
                worker,
                coordinator,
                node,
                node.exclusivePublicationTo(coordinator.member(), ControlStreams.TO_COORDINATOR));
    }

    /** @param publication to the coordinator, which this closes */
    ControlClient(int worker, CoordinatorAddress coordinator, TransportNode node, Publication publication) {
        this.worker = worker;
        this.coordinator = coordinator;
        codec = new CommandCodec(coordinator.session());
        handshake = new Handshake(node.security(), coordinator.session(), worker, connection);
        helloSealer = handshake.helloSealer();
        challengeOpener = handshake.challengeOpener(nonce);
        refusals = new Refusals("worker " + worker);
        assembler = new MessageAssembler(this::onMessage, refusals);
        UnsafeBuffer hello = Hello.encode(nonce, node.describe(worker, ""), coordinator.session());
        helloLength = helloSealer.seal(Envelope.HELLO, 0, hello, hello.capacity());
        this.publication = publication;
        try {
            subscription = node.subscribeUdpOrIpc(ControlStreams.TO_WORKERS);
        } catch (RuntimeException e) {
            publication.close();
            throw e;
        }
        if (helloLength > publication.maxPayloadLength()) {
            close();
            throw CoveyException.caller("the address of this worker takes " + helloLength + " bytes, one frame to the "
                    + coordinator + " holds " + publication.maxPayloadLength()
                    + ": set cluster.aeron_directory to a folder with a shorter path");
        }
    }

    /**
     * Hands over what has come, without waiting. The receiver may throw.
     *
     * @return how many messages have come
     * @throws CoveyException when a message cannot be understood; those before it have been handed over
     */
    public int poll(ControlCodec.Receiver<? super Command> receiver) {
        if (!saidHello) {
            saidHello = ControlPublication.offer(publication, helloSealer, helloLength);
        }
        subscription.poll(assembler, FRAGMENT_LIMIT);
        // Only what the coordinator says counts: noise is no sign of its life.
        int messages = received.size();
        Received next;
        while ((next = received.poll()) != null) {
            receiver.onMessage(worker, next.epoch, next.command);
        }
        if (failure != null) {
            CoveyException thrown = failure;
            failure = null;
            throw thrown;
        }
        return messages;
    }

    /** Sends a message if the two have proved themselves and the way is free; else try again. */
    public boolean offer(WorkerMessage message) {
        ControlPublication<WorkerMessage> open = sealed;
        return open != null && open.offer(worker, epoch, message);
    }

    /** The membership that this worker belongs to from now on. */
    public void epoch(int newEpoch) {
        epoch = newEpoch;
    }

    /** Whether the coordinator's process lives and has its end open. */
    public boolean isConnected() {
        return sealed == null ? subscription.imageCount() > 0 : subscription.hasImage(coordinatorSession);
    }

    /** Whether nothing can come any more, as after this process did not run for longer than its media driver waits. */
    public boolean isClosed() {
        return subscription.isClosed() || publication.isClosed();
    }

    /** Whether the coordinator has proved itself. */
    public boolean isAuthenticated() {
        return sealed != null;
    }

    /** What was not the coordinator's. */
    public Refusals refusals() {
        return refusals;
    }

    // Aeron hands an exception of a fragment handler to its error handler, so what goes wrong here must wait for poll.
    private void onMessage(DirectBuffer buffer, int offset, int length, int session) throws RefusedException {
        Envelope envelope = Envelope.read(buffer, offset, length);
        if (envelope.worker() != worker) {
            // For another worker of this process, which judges it.
            return;
        }
        if (envelope.run() != coordinator.session() || envelope.connection() != connection) {
            throw new RefusedException("a message of another run or connection");
        }
        if (envelope.kind() == Envelope.CHALLENGE && opener == null) {
            onChallenge(challengeOpener.open(envelope, buffer, offset, length), envelope.payloadLength(), session);
        } else if (envelope.kind() == Envelope.MESSAGE && opener != null && session == coordinatorSession) {
            DirectBuffer payload = opener.open(envelope, buffer, offset, length);
            try {
                codec.decode(
                        payload,
                        0,
                        envelope.payloadLength(),
                        (addressee, ofEpoch, command) -> received.add(new Received(ofEpoch, command)));
            } catch (ControlProtocolException e) {
                failure = e;
            }
        } else {
            throw new RefusedException("a message that has no place in the conversation");
        }
    }

    private void onChallenge(DirectBuffer payload, int length, int session) throws RefusedException {
        if (length != Handshake.NONCE_LENGTH) {
            throw new RefusedException("a challenge without a nonce");
        }
        byte[] coordinatorNonce = new byte[Handshake.NONCE_LENGTH];
        payload.getBytes(0, coordinatorNonce);
        opener = handshake.coordinatorOpener(nonce, coordinatorNonce);
        coordinatorSession = session;
        assembler.trust(session);
        sealed = new ControlPublication<>(
                publication,
                new WorkerMessageCodec(coordinator.session()),
                handshake.workerSealer(nonce, coordinatorNonce));
    }

    @Override
    public void close() {
        CloseHelper.closeAll(publication, subscription);
    }
}
