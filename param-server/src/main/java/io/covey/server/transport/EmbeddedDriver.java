package io.covey.server.transport;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.DriverTimeoutException;
import io.covey.trainer.CoveyException;
import java.io.IOException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The media driver and Aeron clients with our settings. */
final class EmbeddedDriver implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedDriver.class);

    /** What a driver with no streams takes of its directory, in bytes. */
    static final long DIRECTORY_BYTES = 12 << 20;

    private static final int SOCKET_BUFFER_LENGTH = 4 << 20;
    private static final int RECEIVER_WINDOW_LENGTH = 2 << 20;
    private static final int COUNTERS_LENGTH = 1 << 20;
    // Threads with work for new and closed streams alone: the driver's resolver of host names, and each client's
    // conductor.
    private static final long SELDOM_MIN_PARK_NS = TimeUnit.MILLISECONDS.toNanos(4);
    private static final long SELDOM_MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(64);

    private static final long DRIVER_TIMEOUT_MS = TimeUnit.SECONDS.toMillis(10);
    private static final long TIMER_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long KEEP_ALIVE_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RETRANSMIT_LINGER_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long NAK_RETRY_RATIO = 10;

    // Aeron's own handler ends the JVM when a driver dies.
    private static final ErrorHandler LOG_ERRORS = e -> {
        // A peer that closes its driver before us is no news: who still waits for the peer says so.
        if (!(e instanceof DriverTimeoutException)) {
            LOGGER.warn("transport: {}", e.toString());
        }
        LOGGER.debug("transport", e);
    };

    private final MediaDriver driver;
    private final DriverIdleStrategy idleStrategy;

    private EmbeddedDriver(MediaDriver driver, DriverIdleStrategy idleStrategy) {
        this.driver = driver;
        this.idleStrategy = idleStrategy;
    }

    /**
     * Starts a driver with one thread for all streams.
     *
     * @param options say after what silence peers are gone
     */
    static EmbeddedDriver launch(String aeronDirectory, int udpMtu, LinkOptions options) {
        try {
            DriverIdleStrategy idleStrategy = new DriverIdleStrategy();
            int receiveBufferLength = LinkSizes.grantedReceiveBuffer(SOCKET_BUFFER_LENGTH);
            MediaDriver.Context context = new MediaDriver.Context()
                    .aeronDirectoryName(aeronDirectory)
                    .dirDeleteOnStart(true)
                    .dirDeleteOnShutdown(true)
                    .threadingMode(ThreadingMode.SHARED)
                    .sharedIdleStrategy(idleStrategy)
                    .asyncExecutorIdleStrategy(seldom())
                    .sharedThreadFactory(daemon("covey-media-driver"))
                    .errorHandler(LOG_ERRORS)
                    .ipcMtuLength(LinkSizes.IPC_MTU)
                    .mtuLength(udpMtu)
                    .socketSndbufLength(LinkSizes.grantedSendBuffer(SOCKET_BUFFER_LENGTH))
                    .socketRcvbufLength(receiveBufferLength)
                    .initialWindowLength(Math.min(RECEIVER_WINDOW_LENGTH, receiveBufferLength))
                    .nakUnicastRetryDelayRatio(NAK_RETRY_RATIO)
                    .retransmitUnicastLingerNs(RETRANSMIT_LINGER_NS)
                    .timerIntervalNs(TIMER_INTERVAL_NS)
                    .imageLivenessTimeoutNs(options.silenceNs())
                    .publicationConnectionTimeoutNs(options.silenceNs())
                    .clientLivenessTimeoutNs(options.stallNs())
                    // Aeron wants it to be longer than that.
                    .publicationUnblockTimeoutNs(2 * options.stallNs())
                    .counterValuesBufferLength(COUNTERS_LENGTH)
                    .performStorageChecks(true)
                    // Pages taken when a log is made, so that full memory is an error then and no fault in use.
                    .termBufferSparseFile(false)
                    // Our own check names the setting to change; this one would only print to standard error.
                    .lowStorageWarningThreshold(0);
            return new EmbeddedDriver(MediaDriver.launch(context), idleStrategy);
        } catch (IOException | AeronException e) {
            throw CoveyException.failure("cannot start the media driver in " + aeronDirectory + ": " + e, e);
        }
    }

    /** A client on the driver in {@code aeronDirectory}, this process' own or a peer's. */
    static Aeron connect(String aeronDirectory) {
        return Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(aeronDirectory)
                .driverTimeoutMs(DRIVER_TIMEOUT_MS)
                .keepAliveIntervalNs(KEEP_ALIVE_NS)
                .idleStrategy(seldom())
                .threadFactory(daemon("covey-aeron-client"))
                .errorHandler(LOG_ERRORS));
    }

    private static IdleStrategy seldom() {
        return new BackoffIdleStrategy(0, 0, SELDOM_MIN_PARK_NS, SELDOM_MAX_PARK_NS);
    }

    /** Has the driver send and receive packets, not only serve logs in shared memory. */
    void serveNetwork() {
        idleStrategy.serveNetwork();
    }

    /** Has the driver move the windows of its logs now, if it sleeps. */
    void wake() {
        idleStrategy.wake();
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public void close() {
        driver.close();
    }
}
