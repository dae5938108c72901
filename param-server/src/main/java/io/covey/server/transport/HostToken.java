package io.covey.server.transport;

import io.covey.trainer.CoveyException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells whether two processes can map each other's files: the same running kernel, the same mounted file system (containers
 * on one host have mounts of their own) and the same user.
 */
final class HostToken {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private HostToken() {}

    /** The token of a process whose driver directory is {@code directory}. */
    static String of(Path directory) {
        try {
            String host = Files.isReadable(BOOT_ID)
                    ? Files.readString(BOOT_ID).strip()
                    : InetAddress.getLocalHost().getHostName();
            return host + "/" + Files.getAttribute(directory, "unix:dev") + "/"
                    + Files.getAttribute(directory, "unix:uid");
        } catch (IOException e) {
            throw CoveyException.failure("cannot read the device and owner of " + directory, e);
        }
    }
}
