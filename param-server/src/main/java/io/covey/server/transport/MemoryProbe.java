package io.covey.server.transport;

import io.covey.trainer.CoveyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory there is to be had; tests say what they like. */
public interface MemoryProbe {
    /** What {@link #containerRoom} says where nothing limits this process. */
    long UNLIMITED = Long.MAX_VALUE;

    /** This machine as it is. */
    MemoryProbe SYSTEM = new MemoryProbe() {
        @Override
        public long freeSpace(Path directory) {
            try {
                return Files.getFileStore(directory).getUsableSpace();
            } catch (IOException e) {
                throw CoveyException.failure("cannot tell the free space of " + directory, e);
            }
        }

        @Override
        public long containerRoom() {
            return ControlGroups.room(Path.of("/proc/self/cgroup"), Path.of("/sys/fs/cgroup"));
        }
    };

    /** Bytes that are free in the file system of {@code directory}. */
    long freeSpace(Path directory);

    /** Bytes that this process' container may still take, files in shared memory included; {@link #UNLIMITED} for any. */
    long containerRoom();
}
