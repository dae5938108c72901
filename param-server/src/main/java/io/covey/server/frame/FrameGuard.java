package io.covey.server.frame;

import io.aeron.Image;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import io.covey.server.security.DataSession;
import io.covey.server.security.FrameOpener;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands on the frames of authenticated peers, decrypted where the job asks for it; counts and drops what others send. Used by
 * one thread.
 */
public final class FrameGuard implements ControlledFragmentHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FrameGuard.class);
    private static final int NO_LENGTH = -1;

    private static final class Peer {
        private final DataSession session;
        private FrameOpener opener;
        private long openedPosition = -1;
        private int openedLength;

        private Peer(DataSession session) {
            this.session = session;
        }
    }

    private final ControlledFragmentHandler handler;
    private final Int2ObjectHashMap<Peer> peers = new Int2ObjectHashMap<>();
    private final int frameLength;
    private final DroppedFrames dropped;
    private boolean told;

    /**
     * A guard.
     *
     * @param handler gets the frames, in the clear
     * @param sessions of the peers
     * @param frameLength longest frame in bytes
     * @param dropped counts what is not handed on
     */
    public FrameGuard(
            ControlledFragmentHandler handler, List<DataSession> sessions, int frameLength, DroppedFrames dropped) {
        this.handler = handler;
        this.frameLength = frameLength;
        this.dropped = dropped;
        sessions.forEach(session -> peers.put(session.id(), new Peer(session)));
    }

    @Override
    public Action onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        Peer peer = peers.get(header.sessionId());
        if (peer == null) {
            dropped.countUnbound();
            tell("it belongs to no worker of this job", header);
            ((Image) header.context()).reject("not a session of this job");
            return Action.CONTINUE;
        }
        if (!peer.session.security().encrypt()) {
            return handler.onFragment(buffer, offset, length, header);
        }
        int plainLength = open(peer, buffer, offset, length, header);
        if (plainLength == NO_LENGTH) {
            dropped.countTampered();
            tell("its frames are not those that worker " + peer.session.sender() + " has sent", header);
            return Action.CONTINUE;
        }
        return handler.onFragment(peer.opener.plain(), 0, plainLength, header);
    }

    /** A frame that the handler has put off comes again, and need not be decrypted again. */
    private int open(Peer peer, DirectBuffer buffer, int offset, int length, Header header) {
        if (peer.opener == null) {
            peer.opener = peer.session.opener(header.initialTermId(), frameLength);
        }
        long position = header.position();
        if (position != peer.openedPosition) {
            peer.openedPosition = position;
            peer.openedLength = peer.opener.open(buffer, offset, length, position);
        }
        return peer.openedLength;
    }

    private void tell(String why, Header header) {
        if (!told) {
            told = true;
            LOG.warn(
                    "dropped a frame of Aeron session {} on stream {}: {}; more are counted, not logged",
                    header.sessionId(),
                    header.streamId(),
                    why);
        }
    }
}
