package io.covey.server.transport;

import io.covey.trainer.CoveyException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.stream.Collectors;

/** Lengths of frames, terms and socket buffers. */
public final class LinkSizes {
    /** Longest frame between processes that share memory, Aeron's largest. */
    public static final int IPC_MTU = 65504;

    /** Longest UDP frame of control messages: errors must get through where long frames do not. Any network carries it. */
    static final int CONTROL_MTU = 1248;

    private static final int UDP_AND_IP_HEADERS = 28;
    private static final int FRAME_ALIGNMENT = 32;
    private static final int TERM_LENGTH_MIN = 128 << 10;
    private static final int TERM_LENGTH_MAX = 64 << 20;
    private static final int STEPS_PER_TERM = 4;
    /** Of logs in shared memory, whose driver wakes seldom: as long as what one process writes is in the cache for the other. */
    private static final int STEPS_PER_CACHED_TERM = 16;

    private static final int CACHED_TERM_LENGTH_MAX = 4 << 20;
    /** With a step in the half that a publisher may be ahead it need not wait for a receiver that computes. */
    private static final int STEPS_PER_SHARED_TERM = 2;

    /** Aeron wants a term to hold eight of its longest frames. */
    private static final int MTUS_PER_TERM = 8;

    private LinkSizes() {}

    /**
     * Length of a UDP frame that the interface of {@code host} carries in one piece: 65504 on loopback, 8192 with jumbo
     * frames, 1408 on plain Ethernet (which leaves room for overlay networks).
     *
     * @param mtu longest packet that the user allows, 0 for what the interface says
     * @throws CoveyException a caller's error when this machine has no such address
     */
    public static int udpMtu(String host, int mtu) {
        try {
            NetworkInterface network = NetworkInterface.getByInetAddress(InetAddress.getByName(host));
            if (network == null) {
                throw CoveyException.caller("no network interface of this machine has the address " + host
                        + ", which it advertises to its peers: set cluster.host, spark.driver.host or SPARK_LOCAL_IP");
            }
            if (mtu > 0) {
                return Math.min(IPC_MTU, (mtu - UDP_AND_IP_HEADERS) / FRAME_ALIGNMENT * FRAME_ALIGNMENT);
            }
            int room = network.getMTU() - UDP_AND_IP_HEADERS;
            if (room >= IPC_MTU) {
                return IPC_MTU;
            }
            return room >= 8192 ? 8192 : Math.min(1408, room / FRAME_ALIGNMENT * FRAME_ALIGNMENT);
        } catch (IOException e) {
            throw CoveyException.caller(
                    "the address " + host + " that peers are told is of no use: " + e
                            + "; correct cluster.host or spark.driver.host",
                    e);
        }
    }

    /** For messages: the network interfaces of this machine that are up, with addresses and MTUs. */
    public static String interfaces() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(network -> network.inetAddresses().findAny().isPresent())
                    .map(LinkSizes::describe)
                    .collect(Collectors.joining(", "));
        } catch (IOException e) {
            return "unknown: " + e.getMessage();
        }
    }

    private static String describe(NetworkInterface network) {
        String addresses =
                network.inetAddresses().map(InetAddress::getHostAddress).collect(Collectors.joining(" "));
        try {
            return network.getName() + " " + addresses + " (MTU " + network.getMTU() + ")";
        } catch (IOException e) {
            return network.getName() + " " + addresses;
        }
    }

    /**
     * Length of a log's term to or from another host: the least power of two that holds some steps. A publisher may be half a
     * term ahead; with more than a step there it need not wait for the driver, which moves the window only when it wakes.
     */
    public static int termLength(long bytesPerStep, int mtu) {
        return leastPower(Math.min(STEPS_PER_TERM * bytesPerStep, TERM_LENGTH_MAX), mtu);
    }

    /**
     * Length of the term of a log in memory that both ends see, if no member is elsewhere. All logs of a process together grow no
     * longer with the number of processes.
     *
     * @param others other processes on this host, at least 1
     */
    public static int sharedTermLength(long bytesPerStep, int mtu, int others) {
        long cached = Math.min(STEPS_PER_CACHED_TERM * bytesPerStep, CACHED_TERM_LENGTH_MAX);
        long step = Math.min(STEPS_PER_SHARED_TERM * bytesPerStep, TERM_LENGTH_MAX / others);
        return leastPower(Math.max(cached, step), mtu);
    }

    private static int leastPower(long length, int mtu) {
        long bounded = Math.max(Math.max(length, TERM_LENGTH_MIN), MTUS_PER_TERM * (long) mtu);
        return (int) (Long.highestOneBit(bounded - 1) << 1);
    }

    /** What the operating system grants of a socket receive buffer of {@code wanted} bytes. */
    static int grantedReceiveBuffer(int wanted) throws IOException {
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.setOption(StandardSocketOptions.SO_RCVBUF, wanted);
            return Math.min(wanted, probe.getOption(StandardSocketOptions.SO_RCVBUF));
        }
    }

    /** What the operating system grants of a socket send buffer of {@code wanted} bytes. */
    static int grantedSendBuffer(int wanted) throws IOException {
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.setOption(StandardSocketOptions.SO_SNDBUF, wanted);
            return Math.min(wanted, probe.getOption(StandardSocketOptions.SO_SNDBUF));
        }
    }
}
