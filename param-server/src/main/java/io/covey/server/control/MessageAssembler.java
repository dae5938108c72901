package io.covey.server.control;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import io.covey.server.security.Envelope;
import io.covey.server.security.Refusals;
import io.covey.server.security.RefusedException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Puts messages that came in fragments together again: up to a limit, and only those of sessions whose peer has proved itself.
 * Others must say what they have to say in one fragment, so that strangers take no memory here. Used by one thread.
 */
final class MessageAssembler implements FragmentHandler {
    /** Hears of whole messages. */
    @FunctionalInterface
    interface Handler {
        /** A message has come by Aeron session {@code session}. */
        void onMessage(DirectBuffer buffer, int offset, int length, int session) throws RefusedException;
    }

    private final Handler handler;
    private final Refusals refusals;
    private final Set<Integer> trusted = new HashSet<>();
    private final Map<Integer, Partial> partials = new HashMap<>();

    private static final class Partial {
        private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        private int length;
    }

    MessageAssembler(Handler handler, Refusals refusals) {
        this.handler = handler;
        this.refusals = refusals;
    }

    /** From now on this session may send long messages. */
    void trust(int session) {
        trusted.add(session);
    }

    @Override
    public void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        int session = header.sessionId();
        byte flags = header.flags();
        try {
            if ((flags & FrameDescriptor.UNFRAGMENTED) == FrameDescriptor.UNFRAGMENTED) {
                handler.onMessage(buffer, offset, length, session);
            } else if (trusted.contains(session)) {
                append(buffer, offset, length, session, flags);
            } else {
                throw new RefusedException("a long message of a sender that has not proved itself");
            }
        } catch (RefusedException e) {
            refusals.count(e, session);
        }
    }

    private void append(DirectBuffer buffer, int offset, int length, int session, byte flags) throws RefusedException {
        if ((flags & FrameDescriptor.BEGIN_FRAG_FLAG) != 0) {
            partials.put(session, new Partial());
        }
        Partial partial = partials.get(session);
        if (partial == null) {
            throw new RefusedException("a message without its beginning");
        }
        if (partial.length + length > Envelope.MAX_LENGTH) {
            partials.remove(session);
            throw new RefusedException("a message too short or too long");
        }
        partial.buffer.putBytes(partial.length, buffer, offset, length);
        partial.length += length;
        if ((flags & FrameDescriptor.END_FRAG_FLAG) != 0) {
            partials.remove(session);
            handler.onMessage(partial.buffer, 0, partial.length, session);
        }
    }
}
