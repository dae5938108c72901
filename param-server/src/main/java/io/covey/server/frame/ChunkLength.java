package io.covey.server.frame;

import io.covey.server.membership.Member;
import io.covey.server.transport.LinkSizes;
import io.covey.trainer.wire.WireFormat;
import io.covey.trainer.wire.WireFormats;
import java.util.List;

/** How many floats a data frame carries: one chunk is one fragment on every link. */
public final class ChunkLength {
    /** Chunks begin at multiples of this many floats of their shard: 64 bytes. */
    private static final int ALIGNMENT_FLOATS = 16;

    private static final int AERON_HEADER_LENGTH = 32;
    /** Encoded gradients and parameters: whole blocks, so that the blocks do not depend on the links. */
    private static final int ENCODED_ALIGNMENT_FLOATS = WireFormat.BLOCK;
    /** Bytes that a frame takes in a log besides its floats, as long as it is not sealed. */
    public static final int FRAME_OVERHEAD = AERON_HEADER_LENGTH + FrameHeader.LENGTH;

    private ChunkLength() {}

    /**
     * The chunk length that is fastest on all links among {@code members}: as long as the frame of UDP between hosts, or of
     * Aeron's longest frame where all share a host.
     *
     * @param wire how floats travel; frames have room for as many as float32, for probes and replicas send them so
     * @param udpMtu see {@link io.covey.server.transport.TransportNode#udpMtu}
     * @param securityOverhead see {@link io.covey.server.security.JobSecurity#frameOverhead}
     */
    public static int forLinks(List<Member> members, WireFormats wire, int udpMtu, int securityOverhead) {
        boolean onOneHost = members.stream().map(Member::hostToken).distinct().count() == 1;
        int longest = forMtu((onOneHost ? LinkSizes.IPC_MTU : udpMtu) - securityOverhead);
        boolean aligned = wire.encodes() && longest >= ENCODED_ALIGNMENT_FLOATS;
        return aligned ? longest - longest % ENCODED_ALIGNMENT_FLOATS : longest;
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
