package io.covey.server.transport;

import io.covey.trainer.CoveyException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory {@code covey-JOB-PID} of one media driver; {@code covey-JOB.N-PID} of the Nth that a process makes, for peers may
 * still hold the files of those before. A lock that the kernel gives up with the process tells the
 * living from the dead, also across containers that share the memory but no process numbers.
 */
final class DriverDirectory implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(DriverDirectory.class);
    private static final String PREFIX = "covey-";
    private static final String LOCK = "lock";
    /** Other users of the machine must not read parameters, nor write frames. */
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final AtomicInteger DIRECTORIES = new AtomicInteger();

    private final Path path;
    private final FileChannel lock;

    private DriverDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes the directory, after removing those that dead processes left in {@code base}. */
    static DriverDirectory create(Path base, String jobId) {
        String pid = "-" + ProcessHandle.current().pid();
        int number = DIRECTORIES.incrementAndGet();
        Path path = base.resolve(PREFIX + jobId + (number == 1 ? "" : "." + number) + pid);
        try {
            Files.createDirectories(base);
            sweep(base, pid);
            // What has this very name was left by a process that had our number.
            deleteTree(path);
            Files.createDirectory(path, OWNER_ONLY);
            // Locked under another name first: a lock file that can be seen is a lock that is held.
            Path draft = path.resolve(LOCK + ".draft");
            FileChannel lock = FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            lock.lock();
            Files.move(draft, path.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
            return new DriverDirectory(path, lock);
        } catch (IOException e) {
            throw CoveyException.caller(
                    "cannot make the media driver's directory " + path + ": " + e
                            + "; choose another place with cluster.aeron_directory",
                    e);
        }
    }

    /** The directory for Aeron. */
    String aeronDirectory() {
        return path.resolve("aeron").toString();
    }

    Path path() {
        return path;
    }

    /** Lets the JVM delete all files of the directory after its shutdown hooks have run. */
    void deleteOnExit() {
        try (Stream<Path> tree = Files.walk(path)) {
            // The JVM deletes in reverse order: children, which come later in a walk, before their directory.
            tree.forEach(p -> p.toFile().deleteOnExit());
        } catch (IOException e) {
            LOGGER.warn("{} is left behind: {}", path, e.toString());
        }
    }

    @Override
    public void close() {
        try {
            deleteTree(path);
            lock.close();
        } catch (IOException e) {
            LOGGER.warn("{} is left behind: {}", path, e.toString());
        }
    }

    private static void sweep(Path base, String ownPid) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(base, PREFIX + "*")) {
            for (Path entry : entries) {
                // Closing a second channel on a file gives up the process' own lock on it: leave our directories alone.
                if (!entry.toString().endsWith(ownPid)) {
                    sweepOne(entry);
                }
            }
        }
    }

    private static void sweepOne(Path directory) {
        try (FileChannel channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            if (held != null) {
                deleteTree(directory);
                LOGGER.info("removed {}, which a dead process had left behind", directory);
            }
        } catch (IOException e) {
            // Another user's, or being made or removed right now.
            LOGGER.debug("left {} alone", directory, e);
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> tree = Files.walk(root)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path p : all) {
            Files.deleteIfExists(p);
        }
    }
}
