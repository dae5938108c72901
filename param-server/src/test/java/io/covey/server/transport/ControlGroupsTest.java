package io.covey.server.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class ControlGroupsTest {
    @TempDir
    Path root;

    @Test
    void shouldFindTheTightestLimitOfVersion2() throws IOException {
        group("", "memory.max", "max", "memory.current", "700", "file 0\nshmem 0\n");
        group("pod", "memory.max", "1000", "memory.current", "400", "anon 100\nfile 250\nshmem 50\n");
        group("pod/executor", "memory.max", "5000", "memory.current", "300", "file 0\nshmem 0\n");
        // 1000 - 400 + (250 of cached files - 50 that lie in shared memory)
        assertEquals(800, ControlGroups.room(membership("0::/pod/executor"), root));
        assertEquals(MemoryProbe.UNLIMITED, ControlGroups.room(membership("0::/"), root));
    }

    @Test
    void shouldFindTheLimitOfVersion1() throws IOException {
        group(
                "memory",
                "memory.limit_in_bytes",
                "9223372036854771712",
                "memory.usage_in_bytes",
                "7",
                "total_cache 0\n");
        group(
                "memory/docker/ab",
                "memory.limit_in_bytes",
                "64000000",
                "memory.usage_in_bytes",
                "10000000",
                "cache 1\ntotal_cache 5000000\ntotal_shmem 5000000\n");
        Path membership = membership("5:cpuset:/docker/ab\n4:memory:/docker/ab\n0::/docker/ab");
        assertEquals(54_000_000, ControlGroups.room(membership, root));
    }

    @Test
    void shouldTakeTheMountForTheGroupWhenAContainerDoesNotSeeItsPath() throws IOException {
        group("", "memory.max", "500", "memory.current", "100", "file 0\nshmem 0\n");
        assertEquals(400, ControlGroups.room(membership("0::/kubepods/pod-1/abc"), root));
        assertEquals(400, ControlGroups.room(membership("0::/../other"), root));
    }

    @Test
    void shouldNotLimitWhatItCannotRead() throws IOException {
        assertEquals(MemoryProbe.UNLIMITED, ControlGroups.room(root.resolve("nothing"), root));
        group("", "memory.max", "a lot", "memory.current", "100", "");
        assertEquals(MemoryProbe.UNLIMITED, ControlGroups.room(membership("0::/"), root));
        assertEquals(MemoryProbe.UNLIMITED, ControlGroups.room(membership("no colons here"), root));
    }

    @Test
    void shouldReadThisMachine() {
        assertTrue(MemoryProbe.SYSTEM.containerRoom() > 0);
        assertTrue(MemoryProbe.SYSTEM.freeSpace(root) > 0);
    }

    private void group(String path, String limitFile, String limit, String usageFile, String usage, String statistics)
            throws IOException {
        Path group = Files.createDirectories(root.resolve(path));
        Files.writeString(group.resolve(limitFile), limit + "\n");
        Files.writeString(group.resolve(usageFile), usage + "\n");
        Files.writeString(group.resolve("memory.stat"), statistics);
    }

    private Path membership(String lines) throws IOException {
        return Files.writeString(root.resolve("cgroup"), lines + "\n");
    }
}
