package io.covey.server.exchange;

import io.covey.server.membership.Member;
import io.covey.server.transport.LinkSizes;
import java.util.List;

/** How many floats a data frame carries: one chunk is one fragment on every link. */
public final class ChunkLength {
    /** Chunks begin at multiples of this many floats of their shard: 64 bytes. */
    static final int ALIGNMENT_FLOATS = 16;

    private static final int AERON_HEADER_LENGTH = 32;
    /** Bytes of a frame besides its floats. */
    static final int FRAME_OVERHEAD = AERON_HEADER_LENGTH + FrameHeader.LENGTH;

    private ChunkLength() {}

    /**
     * The longest chunk that all links among {@code members} carry: shared memory between members with one host token, UDP
     * frames of {@code udpMtu} bytes between others.
     *
     * @param udpMtu see {@link io.covey.server.transport.TransportNode#udpMtu}
     */
    public static int forLinks(List<Member> members, int udpMtu) {
        boolean sharedMemory =
                members.stream().map(Member::hostToken).distinct().count() <= 1;
        return forMtu(sharedMemory ? LinkSizes.IPC_MTU : udpMtu);
    }

    /** The longest chunk in frames of {@code mtu} bytes. */
    public static int forMtu(int mtu) {
        int floats = (mtu - FRAME_OVERHEAD) / Float.BYTES;
        if (floats < ALIGNMENT_FLOATS) {
            throw new IllegalArgumentException("an MTU of " + mtu + " bytes leaves no room for floats");
        }
        return floats - floats % ALIGNMENT_FLOATS;
    }
}
