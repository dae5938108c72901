package io.covey.server.control;

import io.aeron.FragmentAssembler;
import io.aeron.logbuffer.Header;
import io.covey.server.transport.EndpointSubscription;
import java.util.ArrayDeque;
import java.util.Queue;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/**
 * Receives control messages. Used by one thread.
 *
 * @param <M> messages of this direction
 */
public final class ControlSubscription<M> implements AutoCloseable {
    private static final int FRAGMENT_LIMIT = 64;

    private record Envelope<M>(int worker, int epoch, M message) {}

    private final EndpointSubscription subscription;
    private final ControlCodec<M> codec;
    private final FragmentAssembler assembler = new FragmentAssembler(this::onFragment);
    private final Queue<Envelope<M>> received = new ArrayDeque<>();
    private ControlProtocolException refused;

    /** Receives from {@code subscription}, which this closes. */
    public ControlSubscription(EndpointSubscription subscription, ControlCodec<M> codec) {
        this.subscription = subscription;
        this.codec = codec;
    }

    /**
     * Hands over what has come, without waiting. The receiver may throw.
     *
     * @return how much has come, 0 for nothing
     * @throws ControlProtocolException when a message cannot be understood; those before it have been handed over
     */
    public int poll(ControlCodec.Receiver<? super M> receiver) {
        int fragments = subscription.poll(assembler, FRAGMENT_LIMIT);
        Envelope<M> next;
        while ((next = received.poll()) != null) {
            receiver.onMessage(next.worker, next.epoch, next.message);
        }
        if (refused != null) {
            ControlProtocolException exception = refused;
            refused = null;
            throw exception;
        }
        return fragments;
    }

    /** Whether the other side's process lives and has its end open. */
    public boolean isConnected() {
        return subscription.imageCount() > 0;
    }

    // Aeron hands an exception of a fragment handler to its error handler, so what goes wrong here must wait for poll.
    private void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        if (refused == null) {
            try {
                codec.decode(
                        buffer,
                        offset,
                        length,
                        (worker, epoch, message) -> received.add(new Envelope<>(worker, epoch, message)));
            } catch (ControlProtocolException e) {
                refused = e;
            }
        }
    }

    @Override
    public void close() {
        CloseHelper.close(subscription);
    }
}
