package io.covey.server.transport;

import io.covey.server.security.JobSecurity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings of a {@link TransportNode}.
 *
 * @param jobId the job; nodes of one job and base directory in one process are shared
 * @param host address at which peers reach this process, also the one that its UDP socket binds to
 * @param port UDP port, 0 for any free one
 * @param baseDirectory where the media driver's directory is made: shared memory
 * @param security how the job's processes know each other
 * @param options of its links
 */
public record TransportConfig(
        String jobId, String host, int port, Path baseDirectory, JobSecurity security, LinkOptions options) {
    private static final Logger LOG = LoggerFactory.getLogger(TransportConfig.class);
    private static final Pattern JOB_ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    /** @throws IllegalArgumentException when the job id cannot be part of a file name or the port is out of range */
    public TransportConfig {
        if (!JOB_ID.matcher(jobId).matches()) {
            throw new IllegalArgumentException("job id '" + jobId + "' does not match " + JOB_ID);
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port is " + port + ", it must be in [0, 65535]");
        }
        baseDirectory = baseDirectory.toAbsolutePath().normalize();
    }

    /** With the default options. */
    public TransportConfig(String jobId, String host, int port, Path baseDirectory, JobSecurity security) {
        this(jobId, host, port, baseDirectory, security, LinkOptions.defaults());
    }

    /**
     * These settings, with {@code spare} as base directory if this one has less than {@code bytes} free and that one more.
     * Memory-mapped files on a disk work as those in shared memory do, only that the kernel writes them out now and then.
     */
    public TransportConfig withRoomFor(long bytes, Path spare) {
        long free = options.memoryProbe().freeSpace(baseDirectory);
        if (free >= bytes || options.memoryProbe().freeSpace(spare) < bytes) {
            return this;
        }
        LOG.warn(
                "{} has {} MB free, the job's streams need up to {} MB: they go to {} instead. A container's --shm-size, or an"
                        + " emptyDir of medium Memory at /dev/shm, makes them faster",
                baseDirectory,
                free / 1_000_000,
                bytes / 1_000_000,
                spare);
        return new TransportConfig(jobId, host, port, spare, security, options);
    }

    /** These settings with other options. */
    public TransportConfig withOptions(LinkOptions newOptions) {
        return new TransportConfig(jobId, host, port, baseDirectory, security, newOptions);
    }

    /** The directory for temporary files. */
    public static Path temporaryDirectory() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** Any free port, and /dev/shm where there is one, else the directory for temporary files. */
    public static TransportConfig of(String jobId, String host, JobSecurity security) {
        return new TransportConfig(jobId, host, 0, defaultBaseDirectory(), security);
    }

    private static Path defaultBaseDirectory() {
        return Files.isWritable(SHARED_MEMORY) ? SHARED_MEMORY : temporaryDirectory();
    }
}
