package io.covey.server.transport;

import java.util.concurrent.TimeUnit;

/**
 * What seldom needs to be said about a process' links.
 *
 * @param mtu longest IP packet to other hosts in bytes, 0 for what the network interface says
 * @param silenceNs after which a peer on another host counts as gone; a network that is down for less loses nothing
 * @param stallNs after which a process on this host counts as gone, or this one finds that it has not run for so long
 * @param memoryProbe tells how much memory there is
 */
public record LinkOptions(int mtu, long silenceNs, long stallNs, MemoryProbe memoryProbe) {
    /** Longest packet that may be asked for, and the shortest that IPv6 allows a network to carry. */
    public static final int MTU_MIN = 1280;

    public static final int MTU_MAX = 65_535;

    private static final long SILENCE_DEFAULT_NS = TimeUnit.SECONDS.toNanos(12);
    private static final long STALL_DEFAULT_NS = TimeUnit.SECONDS.toNanos(5);

    /** @throws IllegalArgumentException when a value is out of its range */
    public LinkOptions {
        if (mtu != 0 && (mtu < MTU_MIN || mtu > MTU_MAX)) {
            throw new IllegalArgumentException("mtu is " + mtu + ", it must be in [" + MTU_MIN + ", " + MTU_MAX + "]");
        }
    }

    /** The network interface's MTU, twelve seconds and five, this machine as it is. */
    public static LinkOptions defaults() {
        return new LinkOptions(0, SILENCE_DEFAULT_NS, STALL_DEFAULT_NS, MemoryProbe.SYSTEM);
    }

    /** These, with another MTU. */
    public LinkOptions withMtu(int newMtu) {
        return new LinkOptions(newMtu, silenceNs, stallNs, memoryProbe);
    }

    /** These, for workers that count as lost only after this silence: no link gives them up long before. */
    public LinkOptions withHeartbeatTimeout(long timeoutNs) {
        return new LinkOptions(mtu, Math.max(silenceNs, timeoutNs), Math.max(stallNs, timeoutNs / 2), memoryProbe);
    }

    /** These, with another way to find out how much memory there is. */
    public LinkOptions withMemoryProbe(MemoryProbe newProbe) {
        return new LinkOptions(mtu, silenceNs, stallNs, newProbe);
    }
}
