package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import io.covey.trainer.testing.FaultyFileStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Checkpoints when the process dies, an operation fails or the disk is full. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CheckpointFaultsTest {
    @TempDir
    private Path folder;

    private final FaultyFileStore store = new FaultyFileStore(new LocalFileStore());
    private final TestRun run = new TestRun();

    @AfterEach
    void close() {
        run.close();
    }

    private CheckpointDirectory directory(int keep) {
        return new CheckpointDirectory(store, folder.toString(), keep);
    }

    private List<String> files() throws IOException {
        return new LocalFileStore().list(folder.toString());
    }

    private Map<String, byte[]> contents() throws IOException {
        Map<String, byte[]> contents = new HashMap<>();
        for (String name : files()) {
            contents.put(name, Files.readAllBytes(folder.resolve(name)));
        }
        return contents;
    }

    private void restore(Map<String, byte[]> contents) throws IOException {
        new LocalFileStore().delete(folder.toString());
        Files.createDirectory(folder);
        for (Map.Entry<String, byte[]> file : contents.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
    }

    /** The process dies at every operation in turn: the old or the new checkpoint is the newest one, and it is whole. */
    @Test
    void shouldHaveTheOldOrTheNewCheckpointWhereverTheProcessDies() throws IOException {
        boolean sawOld = false;
        boolean sawNew = false;
        String first = run.save(store, directory(1), 1, 1);
        Map<String, byte[]> before = contents();
        for (long operation = 0; ; operation++) {
            restore(before);
            CheckpointDirectory directory = directory(1);
            store.dieAt(operation);
            boolean died = false;
            try {
                run.save(store, directory, 2, 2);
            } catch (CoveyException e) {
                assertTrue(e.getMessage().contains("injected fault"), e.getMessage());
                died = true;
            }
            boolean reached = store.operations() > operation;
            store.recover();

            CheckpointDirectory resumed = directory(1);
            String newest = resumed.newestValid().orElseThrow();
            boolean old = newest.equals(first);
            sawOld |= old;
            sawNew |= !old;
            run.expect(resumed, newest, old ? 1 : 2, 2);
            assertTrue(died || !old, "operation " + operation + " failed in silence");
            resumed.sweep();
            assertEquals(
                    List.of(), files().stream().filter(n -> n.contains("temp")).toList(), "operation " + operation);
            assertEquals(Optional.of(newest), directory(1).newestValid());
            assertNotEquals(newest, resumed.nextPrefix());
            if (operation % 10 == 0) {
                String next = run.save(store, resumed, 3, 1);
                assertEquals(Optional.of(next), resumed.newestValid());
                assertEquals(4, files().size(), files() + " after operation " + operation);
            }
            if (!reached) {
                break;
            }
        }
        assertTrue(sawOld && sawNew);
    }

    /** One operation fails and the process lives on: it abandons the attempt and saves again. */
    @Test
    void shouldCleanUpAndGoOnWhereverOneOperationFails() throws IOException {
        String first = run.save(store, directory(2), 1, 1);
        Map<String, byte[]> before = contents();
        for (long operation = 0; ; operation++) {
            restore(before);
            CheckpointDirectory directory = directory(2);
            String prefix = directory.nextPrefix();
            store.failOnceAt(operation);
            CoveyException failed = null;
            try {
                run.save(store, directory, prefix, 2, 2);
            } catch (CoveyException e) {
                failed = e;
            }
            boolean reached = store.operations() > operation;
            store.recover();
            if (failed != null && !files().contains("ckpt-2.index")) {
                new CheckpointParts(store, prefix, "attempt2", 2).abandon(failed);
                assertEquals(0, failed.getSuppressed().length);
                assertEquals(
                        List.of(),
                        files().stream()
                                .filter(name -> name.startsWith("ckpt-2"))
                                .toList(),
                        "operation " + operation);
                assertEquals(Optional.of(first), directory.newestValid());
                run.expect(directory, first, 1, 3);
            }
            if (operation % 10 == 0) {
                String last = run.save(store, directory, 3, 1);
                assertEquals(Optional.of(last), directory.newestValid());
                run.expect(directory, last, 3, 1);
            }
            if (!reached) {
                break;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100, 700, 1000, 1500, 2200, 3000})
    void shouldKeepThePreviousCheckpointWhenTheDiskIsFull(long bytes) throws IOException {
        CheckpointDirectory directory = directory(1);
        String first = run.save(store, directory, 1, 2);
        store.diskHolds(bytes);

        CoveyException e = assertThrows(CoveyException.class, () -> run.save(store, directory, 2, 2));

        assertEquals(CoveyException.Category.FAILURE, e.category());
        assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
        assertTrue(e.getMessage().contains("ckpt-2"), e.getMessage());
        new CheckpointParts(store, folder + "/ckpt-2", "attempt2", 2).abandon(e);
        assertEquals(
                List.of(),
                files().stream().filter(name -> name.startsWith("ckpt-2")).toList());
        assertEquals(Optional.of(first), directory(1).newestValid());
        run.expect(directory, first, 1, 3);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100, 700, 1000, 1500, 2200, 3000})
    void shouldLeaveNothingOfACheckpointFromOneProcessWhenTheDiskIsFull(long bytes) throws IOException {
        CheckpointDirectory directory = directory(1);
        run.save(store, directory, 1, 2);
        List<String> before = files();
        store.diskHolds(bytes);

        CoveyException e = assertThrows(CoveyException.class, () -> run.saveAtOnce(store, directory.nextPrefix(), 2));

        assertTrue(e.getMessage().contains("make room there, or choose a folder on another disk"), e.getMessage());
        assertEquals(before, files());
    }

    @Test
    void shouldLeaveASmallFileAsItWasWhenTheDiskIsFull() throws IOException {
        Path file = folder.resolve("job.yaml");
        store.replace(file.toString(), "old".getBytes(StandardCharsets.UTF_8));
        List<String> before = files();
        for (long bytes : new long[] {0, 2}) {
            store.diskHolds(bytes);
            assertThrows(
                    IOException.class, () -> store.replace(file.toString(), "newer".getBytes(StandardCharsets.UTF_8)));
            assertEquals(before, files());
            assertEquals("old", Files.readString(file));
        }
    }
}
