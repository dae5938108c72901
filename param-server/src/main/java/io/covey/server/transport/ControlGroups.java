package io.covey.server.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory limits of Linux control groups, version 2 ({@code memory.max}) and 1 ({@code memory.limit_in_bytes}). Cached files do
 * not count as taken, for the kernel gives them up; files in shared memory do.
 */
final class ControlGroups {
    /** Version 1 writes a number near 2^63 where there is no limit. */
    private static final long NO_LIMIT = 1L << 60;

    private ControlGroups() {}

    /**
     * What the tightest group may still take.
     *
     * @param membership lines of {@code number:controllers:path}
     * @param mount where the groups' file system is mounted
     */
    static long room(Path membership, Path mount) {
        long room = MemoryProbe.UNLIMITED;
        try {
            for (String line : Files.exists(membership) ? Files.readAllLines(membership) : List.<String>of()) {
                String[] parts = line.split(":", 3);
                if (parts.length == 3 && parts[1].isEmpty()) {
                    room = Math.min(room, tightest(mount, parts[2], "memory.max", "memory.current", "file", "shmem"));
                } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
                    Path root = mount.resolve("memory");
                    room = Math.min(
                            room,
                            tightest(
                                    root,
                                    parts[2],
                                    "memory.limit_in_bytes",
                                    "memory.usage_in_bytes",
                                    "total_cache",
                                    "total_shmem"));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // What cannot be read does not limit: the check is there to explain, the kernel enforces.
            return MemoryProbe.UNLIMITED;
        }
        return room;
    }

    /** From the group up to the mount: a container sees its own group as the mount, whatever its path is outside. */
    private static long tightest(Path mount, String path, String limit, String usage, String cached, String shared)
            throws IOException {
        long room = MemoryProbe.UNLIMITED;
        Path root = mount.normalize();
        Path own = root.resolve("." + path).normalize();
        for (Path group = own.startsWith(root) ? own : root; group.startsWith(root); group = group.getParent()) {
            Path file = group.resolve(limit);
            if (Files.isReadable(file)) {
                String text = Files.readString(file).strip();
                long bytes = text.equals("max") ? NO_LIMIT : Long.parseLong(text);
                if (bytes < NO_LIMIT) {
                    long taken = Long.parseLong(
                            Files.readString(group.resolve(usage)).strip());
                    long reclaimable = statistic(group, cached) - statistic(group, shared);
                    room = Math.min(room, bytes - taken + Math.max(0, reclaimable));
                }
            }
        }
        return room;
    }

    private static long statistic(Path group, String name) throws IOException {
        for (String line : Files.readAllLines(group.resolve("memory.stat"))) {
            if (line.startsWith(name + " ")) {
                return Long.parseLong(line.substring(name.length() + 1).strip());
            }
        }
        return 0;
    }
}
