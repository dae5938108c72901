package io.covey.server.transport;

import io.aeron.Aeron;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
import io.aeron.ConcurrentPublication;
import io.aeron.ErrorCode;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.RegistrationException;
import io.aeron.exceptions.TimeoutException;
import io.covey.server.membership.Member;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.CoveyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process' place in the network of a job: an embedded media driver, and Aeron clients on it and on the drivers of peers
 * on the same host, which are reached through shared memory. All that a process runs for one job (several workers, the
 * coordinator) shares one node. Thread-safe; publications and subscriptions follow Aeron's own rules.
 */
public final class TransportNode implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TransportNode.class);

    /** Matches all subscriptions of the node to the one socket. */
    private static final long ENDPOINT_TAG = 1;
    /** Holds the socket open; nobody sends to it. */
    private static final int ANCHOR_STREAM = 0;

    private static final int CONTROL_TERM_LENGTH = 1 << 20;
    /** A driver, and the logs of a control stream in each direction. */
    private static final long LEAST_BYTES = EmbeddedDriver.DIRECTORY_BYTES + 2 * 3 * CONTROL_TERM_LENGTH;

    private static final String MORE_SPACE =
            "make it larger (a container's --shm-size, or an emptyDir of medium Memory), or"
                    + " set cluster.aeron_directory to a directory with more room";

    private static final Map<Key, TransportNode> NODES = new HashMap<>();
    private static boolean exitHookInstalled;

    private record Key(String jobId, Path baseDirectory) {}

    private final Key key;
    private final JobSecurity security;
    private final MemoryProbe memoryProbe;
    private final DriverDirectory directory;
    private final EmbeddedDriver driver;
    private final String channel;
    private final String hostToken;
    private final String endpoint;
    private final int udpMtu;
    private final Map<String, Aeron> clients = new HashMap<>();
    private int users = 1;

    private TransportNode(TransportConfig config) {
        key = new Key(config.jobId(), config.baseDirectory());
        security = config.security();
        udpMtu = LinkSizes.udpMtu(config.host(), config.options().mtu());
        memoryProbe = config.options().memoryProbe();
        directory = DriverDirectory.create(config.baseDirectory(), config.jobId());
        EmbeddedDriver launched = null;
        try {
            hostToken = HostToken.of(directory.path());
            requireSpace();
            launched = EmbeddedDriver.launch(directory.aeronDirectory(), udpMtu, config.options());
            driver = launched;
            String host = bracketed(config.host());
            channel = new ChannelUriStringBuilder()
                    .media(CommonContext.UDP_MEDIA)
                    .endpoint(host + ":" + config.port())
                    .tags(ENDPOINT_TAG, null)
                    .build();
            endpoint = host + portOf(bind(config));
        } catch (RuntimeException | Error e) {
            CloseHelper.quietCloseAll(clients.values());
            CloseHelper.quietCloseAll(launched, directory);
            throw e;
        }
    }

    /**
     * The node of this process for {@code config}'s job and base directory, made by the first caller. Each caller closes it
     * once; with the last one it goes, and its directory with it.
     *
     * @throws CoveyException a caller's error when the port is in use, the host is not this machine's, the JDK is not open
     *     or shared memory is too small
     */
    public static TransportNode acquire(TransportConfig config) {
        JdkInternals.open();
        synchronized (NODES) {
            Key key = new Key(config.jobId(), config.baseDirectory());
            TransportNode node = NODES.get(key);
            if (node != null) {
                if (!node.security.equals(config.security())) {
                    throw new IllegalArgumentException("job " + config.jobId() + " has two secrets in this process");
                }
                node.users++;
                return node;
            }
            if (!exitHookInstalled) {
                Runtime.getRuntime().addShutdownHook(new Thread(TransportNode::deleteOnExit, "covey-transport-exit"));
                exitHookInstalled = true;
            }
            node = new TransportNode(config);
            NODES.put(key, node);
            return node;
        }
    }

    private static void deleteOnExit() {
        synchronized (NODES) {
            NODES.values().forEach(node -> node.directory.deleteOnExit());
        }
    }

    /** The client on this node's own driver. */
    public Aeron aeron() {
        return client(aeronDirectory());
    }

    /** How the job's processes know each other. */
    public JobSecurity security() {
        return security;
    }

    /** Directory of this node's media driver. */
    public String aeronDirectory() {
        return directory.aeronDirectory();
    }

    /** Equal for two nodes whose processes can map each other's files. */
    public String hostToken() {
        return hostToken;
    }

    /** {@code host:port} at which this node receives UDP. */
    public String endpoint() {
        return endpoint;
    }

    /** Longest UDP frame that this node sends, in bytes. */
    public int udpMtu() {
        return udpMtu;
    }

    /** This node as its peers need to know it. */
    public Member describe(int worker, String instructionSet) {
        String host = endpoint.substring(0, endpoint.lastIndexOf(':'));
        String processId = ProcessHandle.current().pid() + "@" + host;
        return new Member(worker, hostToken, aeronDirectory(), endpoint, processId, instructionSet);
    }

    /** Whether {@code peer} is reached through shared memory; both sides come to the same answer. */
    public boolean sharesMemoryWith(Member peer) {
        return peer.hostToken().equals(hostToken) && Files.isReadable(Path.of(peer.aeronDirectory()));
    }

    /**
     * Has the driver move the windows of its logs now: call it when a log of this node has no room, or when much has been read
     * from one.
     */
    public void wakeDriver() {
        driver.wake();
    }

    /** What peers publish to this node on {@code streamId}. */
    public EndpointSubscription subscribeUdpOrIpc(int streamId) {
        return registering("subscription to stream " + streamId + " at " + endpoint, () -> {
            Subscription ipc = aeron().addSubscription(CommonContext.IPC_CHANNEL, streamId);
            Subscription udp = aeron().addSubscription(channel, streamId);
            return new EndpointSubscription(ipc, udp, this::wakeDriver);
        });
    }

    /** What {@code peer} publishes on {@code streamId}: in its driver's shared memory, or to this node by UDP. */
    public Subscription subscriptionFrom(Member peer, int streamId) {
        return registering(
                "subscription to stream " + streamId + " of " + peer,
                () -> sharesMemoryWith(peer)
                        ? client(peer.aeronDirectory()).addSubscription(CommonContext.IPC_CHANNEL, streamId)
                        : network().addSubscription(channel, streamId));
    }

    /** As {@link #subscriptionFrom(Member, int)}, of one session alone: others may go to others on this host. */
    public Subscription subscriptionFrom(Member peer, int streamId, int sessionId) {
        String session = "session-id=" + sessionId;
        return registering(
                "subscription to stream " + streamId + " of " + peer,
                () -> sharesMemoryWith(peer)
                        ? client(peer.aeronDirectory())
                                .addSubscription(CommonContext.IPC_CHANNEL + "?" + session, streamId)
                        : network().addSubscription(channel + "|" + session, streamId));
    }

    /** A publication for control messages to {@code peer}, for any number of threads. */
    public ConcurrentPublication publicationTo(Member peer, int streamId) {
        return registering("publication of stream " + streamId + " to " + peer, () -> controlClient(peer)
                .addPublication(controlChannel(peer), streamId));
    }

    /**
     * As {@link #publicationTo}, for one thread at a time, where other processes send to the same peer too: with a log of its own,
     * for one that they shared would stand still, until the media driver helps, if one of them died while it wrote.
     */
    public ExclusivePublication exclusivePublicationTo(Member peer, int streamId) {
        return registering("publication of stream " + streamId + " to " + peer, () -> controlClient(peer)
                .addExclusivePublication(controlChannel(peer), streamId));
    }

    private Aeron controlClient(Member peer) {
        return sharesMemoryWith(peer) ? client(peer.aeronDirectory()) : network();
    }

    /** The client for ways by UDP to or from a peer. */
    private Aeron network() {
        driver.serveNetwork();
        return aeron();
    }

    private String controlChannel(Member peer) {
        return sharesMemoryWith(peer)
                ? ipcChannel(CONTROL_TERM_LENGTH, LinkSizes.IPC_MTU, null)
                : udpChannel(peer.endpoint(), CONTROL_TERM_LENGTH, Math.min(udpMtu, LinkSizes.CONTROL_MTU), null);
    }

    /** A publication for one thread to {@code peer}, which has an {@link EndpointSubscription} for the stream. */
    public ExclusivePublication exclusivePublicationTo(
            Member peer, int streamId, int sessionId, int termLength, int mtu) {
        return sharesMemoryWith(peer)
                ? registering("publication of stream " + streamId + " to " + peer, () -> client(peer.aeronDirectory())
                        .addExclusivePublication(ipcChannel(termLength, mtu, sessionId), streamId))
                : udpPublicationTo(peer, streamId, sessionId, termLength, mtu);
    }

    /** A publication for one thread to all peers that {@link #sharesMemoryWith} this node. */
    public ExclusivePublication ipcPublication(int streamId, int sessionId, int termLength, int mtu) {
        return registering("publication of stream " + streamId, () -> aeron().addExclusivePublication(
                        ipcChannel(termLength, mtu, sessionId), streamId));
    }

    /** A publication for one thread by UDP to {@code peer}. */
    public ExclusivePublication udpPublicationTo(Member peer, int streamId, int sessionId, int termLength, int mtu) {
        return registering("publication of stream " + streamId + " to " + peer, () -> network()
                .addExclusivePublication(udpChannel(peer.endpoint(), termLength, mtu, sessionId), streamId));
    }

    private void requireSpace() {
        long free = memoryProbe.freeSpace(key.baseDirectory());
        if (free < LEAST_BYTES) {
            throw CoveyException.caller(
                    "%s has %.1f MB free, a media driver and its control streams need %.1f MB there: %s"
                            .formatted(key.baseDirectory(), free / 1e6, LEAST_BYTES / 1e6, MORE_SPACE));
        }
    }

    /** Where this node's directory is. */
    public Path baseDirectory() {
        return key.baseDirectory();
    }

    /** Tells how much memory there is to be had. */
    public MemoryProbe memoryProbe() {
        return memoryProbe;
    }

    /** Gives up one use of the node. Peers must have received what they wait for: the last use takes the driver down. */
    @Override
    public void close() {
        synchronized (NODES) {
            if (--users > 0) {
                return;
            }
            NODES.remove(key);
        }
        synchronized (clients) {
            // Foreign drivers first, the own one last: its client's resources live in the driver.
            Aeron own = clients.remove(aeronDirectory());
            CloseHelper.closeAll(clients.values());
            clients.clear();
            CloseHelper.closeAll(own, driver, directory);
        }
    }

    private Aeron client(String aeronDirectory) {
        synchronized (clients) {
            return clients.computeIfAbsent(aeronDirectory, EmbeddedDriver::connect);
        }
    }

    private String bind(TransportConfig config) {
        try {
            Subscription anchor = aeron().addSubscription(channel, ANCHOR_STREAM);
            String resolved = anchor.resolvedEndpoint();
            if (resolved == null) {
                throw CoveyException.failure("the media driver has opened no socket at " + channel);
            }
            return resolved;
        } catch (TimeoutException e) {
            throw CoveyException.failure(
                    "the media driver of this process did not run for several seconds (stopped, or the machine is"
                            + " overloaded): try again when the machine is less busy, or with a longer"
                            + " cluster.heartbeat_timeout: " + e.getMessage(),
                    e);
        } catch (AeronException e) {
            throw CoveyException.caller(
                    "cannot receive UDP at " + config.host() + ":" + config.port()
                            + ", the port is in use or the address is not this machine's; set cluster.port to a free port"
                            + " or to 0 for any: " + e.getMessage(),
                    e);
        }
    }

    private <T> T registering(String what, Supplier<T> registration) {
        try {
            return registration.get();
        } catch (RegistrationException e) {
            if (e.errorCode() == ErrorCode.STORAGE_SPACE) {
                throw CoveyException.caller(
                        key.baseDirectory() + " has no room for a " + what + " (" + e.getMessage() + "): " + MORE_SPACE,
                        e);
            }
            throw refused(what, e);
        } catch (AeronException e) {
            throw refused(what, e);
        }
    }

    private static CoveyException refused(String what, AeronException e) {
        LOGGER.debug("{} failed", what, e);
        return CoveyException.failure("the media driver refused a " + what + ": " + e.getMessage(), e);
    }

    private static String ipcChannel(int termLength, int mtu, Integer sessionId) {
        return new ChannelUriStringBuilder()
                .media(CommonContext.IPC_MEDIA)
                .termLength(termLength)
                .mtu(mtu)
                .sessionId(sessionId)
                .build();
    }

    private static String udpChannel(String endpoint, int termLength, int mtu, Integer sessionId) {
        return new ChannelUriStringBuilder()
                .media(CommonContext.UDP_MEDIA)
                .endpoint(endpoint)
                .termLength(termLength)
                .mtu(mtu)
                .sessionId(sessionId)
                .build();
    }

    private static String bracketed(String host) {
        return host.indexOf(':') < 0 || host.startsWith("[") ? host : "[" + host + "]";
    }

    private static String portOf(String endpoint) {
        return endpoint.substring(endpoint.lastIndexOf(':'));
    }
}
