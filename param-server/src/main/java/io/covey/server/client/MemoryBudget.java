package io.covey.server.client;

import io.covey.server.transport.MemoryProbe;
import io.covey.trainer.CoveyException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The memory that one worker's part of the exchange takes, known before any of it is taken.
 *
 * @param items what takes how much
 */
public record MemoryBudget(List<Item> items) {
    private static final long DRIVER_BYTES = 12 << 20;
    /** Two logs of three terms of a megabyte. */
    private static final long CONTROL_BYTES = 6 << 20;
    /** Three terms that hold eight of the frames that processes on one host exchange. */
    private static final long SHORTEST_LOG_BYTES = 3 * (256 << 10);

    /**
     * One use of memory.
     *
     * @param what uses it
     * @param bytes how much
     * @param shared whether it is a file in the media driver's directory; else it is the process' own
     */
    public record Item(String what, long bytes, boolean shared) {}

    public MemoryBudget {
        items = List.copyOf(items);
    }

    /** Bytes of files in the media driver's directory. */
    public long sharedBytes() {
        return items.stream().filter(Item::shared).mapToLong(Item::bytes).sum();
    }

    /** Bytes in all. */
    public long totalBytes() {
        return items.stream().mapToLong(Item::bytes).sum();
    }

    /**
     * Checks that there is room.
     *
     * @param directory of the media driver
     * @throws CoveyException a caller's error that names need, room and what to change
     */
    public void require(MemoryProbe probe, Path directory) {
        long free = probe.freeSpace(directory);
        if (free < sharedBytes()) {
            throw CoveyException.caller(directory + " has " + megabytes(free) + " free, the job needs "
                    + megabytes(sharedBytes()) + " there (" + this
                    + "): make it larger (a container's --shm-size, or an"
                    + " emptyDir of medium Memory), or set cluster.aeron_directory to a directory with more room");
        }
        long room = probe.containerRoom();
        if (room < totalBytes()) {
            throw CoveyException.caller("the container may take " + megabytes(room) + " more, the job needs "
                    + megabytes(totalBytes()) + " (" + this
                    + "): raise its memory limit (spark.executor.memoryOverhead,"
                    + " spark.driver.memoryOverhead), or train on more workers with a server shard each");
        }
    }

    @Override
    public String toString() {
        return items.stream()
                .filter(item -> item.bytes() > 0)
                .map(item -> item.what() + " " + megabytes(item.bytes()))
                .collect(Collectors.joining(", "));
    }

    /**
     * What the media driver of a worker needs of its directory at the very least, before it is known who shares whose memory:
     * itself, the control streams, and the shortest logs to and from all others.
     */
    public static long leastSharedBytes(int workers, int servers, int replicas) {
        int hosted = (servers + workers - 1) / workers;
        long logs = 2L * hosted * (workers - 1) + 2L * (servers - hosted) + 2L * hosted * replicas;
        return DRIVER_BYTES + CONTROL_BYTES + logs * SHORTEST_LOG_BYTES;
    }

    /** As {@link #leastSharedBytes}, for the driver's process. */
    public static long coordinatorBytes(int workers) {
        return DRIVER_BYTES + workers * CONTROL_BYTES;
    }

    static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
