package io.covey.server.checkpoint;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.CheckpointParts;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.TrainingState;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** On local files by path and URI, and through Hadoop's own classes on a view of a local folder. */
@Timeout(300)
class HadoopFileStoreTest {
    @TempDir
    private Path folder;

    private FileStore store() {
        Configuration configuration = new Configuration();
        configuration.set(
                "fs.viewfs.mounttable.covey.link./runs", folder.toUri().toString());
        // Each test mounts a folder of its own.
        configuration.setBoolean("fs.viewfs.impl.disable.cache", true);
        return new HadoopFileStore(configuration);
    }

    private String directory(String scheme) {
        return scheme.startsWith("viewfs") ? scheme : scheme + folder;
    }

    private static void write(FileStore store, String path, int... bytes) throws IOException {
        try (FileStore.Output out = store.create(path)) {
            byte[] source = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                source[i] = (byte) bytes[i];
            }
            out.write(source);
            out.write(99);
            out.sync();
        }
    }

    private static byte[] read(FileStore store, String path) throws IOException {
        try (FileStore.Input in = store.open(path)) {
            byte[] bytes = new byte[(int) in.length()];
            in.readFully(0, bytes, 0, bytes.length);
            return bytes;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "file:", "file://", "viewfs://covey/runs"})
    void shouldReplaceRenameListAndDelete(String scheme) throws IOException {
        FileStore store = store();
        String directory = directory(scheme) + "/a b";
        write(store, directory + "/x/1", 1);
        write(store, directory + "/x/1", 4);
        write(store, directory + "/x/2", 2, 3);
        assertEquals(List.of("1", "2"), store.list(directory + "/x"));

        store.rename(directory + "/x/2", directory + "/1");
        store.rename(directory + "/x/1", directory + "/1");

        assertArrayEquals(new byte[] {4, 99}, read(store, directory + "/1"));
        assertEquals(List.of("1", "x"), store.list(directory));
        assertEquals(List.of(), store.list(directory + "/x"));
        assertEquals(List.of(), store.list(directory + "/missing"));
        assertThrows(IOException.class, () -> store.open(directory + "/missing").close());
        assertTrue(store.exists(directory + "/1"));
        try (FileStore.Input in = store.open(directory + "/1")) {
            assertThrows(EOFException.class, () -> in.readFully(1, new byte[2], 0, 2));
        }
        store.delete(directory);
        assertFalse(store.exists(directory));
        store.delete(directory);
    }

    @Test
    void shouldLeaveNoChecksumFilesBesideLocalFiles() throws IOException {
        FileStore store = store();
        write(store, "file://" + folder + "/a", 1);
        store.rename("file://" + folder + "/a", "file://" + folder + "/b");
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("b")), files.toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:", "viewfs://covey/runs"})
    void shouldHoldCheckpoints(String scheme) {
        ParameterLayout layout = Model.sequential(
                        "m", List.of(6), List.of(new Dense(5, Activation.RELU), new Dense(2, Activation.SOFTMAX)))
                .layout();
        FileStore store = store();
        CheckpointDirectory directory = new CheckpointDirectory(store, directory(scheme), 1);
        TrainingState state = new TrainingState(3, 0, MetricState.zero(4), 1, "c", "w", Map.of(), Map.of(), Map.of());
        try (NativeFloats values = NativeFloats.allocate(layout.length());
                NativeFloats target = NativeFloats.allocate(layout.length())) {
            layout.parameters().forEach(p -> values.put(p.offset(), new float[] {1 + p.offset()}));
            for (int save = 0; save < 2; save++) {
                String prefix = directory.nextPrefix();
                CheckpointParts parts = new CheckpointParts(store, prefix, "a", 3);
                for (ShardRange range : layout.cut(3)) {
                    NativeFloats part = values.slice(range.offset(), range.length());
                    parts.writePart(layout, range, part, List.of(), new NativeFloats[0]);
                }
                parts.commit(layout, List.of(), state);
                directory.committed(prefix);
            }
            String newest = directory.newestValid().orElseThrow();
            assertEquals(Optional.of(directory(scheme) + "/ckpt-2"), Optional.of(newest));
            directory.readRange(newest, layout, List.of(), layout.cut(1).get(0), target, new NativeFloats[0]);
            assertArrayEquals(values.get(0, (int) layout.length()), target.get(0, (int) layout.length()));
            assertEquals(3, directory.readState(newest).step());
        }
    }
}
