package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

@Timeout(30)
class LocalFileStoreTest {
    @TempDir
    private Path folder;

    private final FileStore store = new LocalFileStore();

    private void write(String path, byte... bytes) throws IOException {
        try (FileStore.Output out = store.create(path)) {
            out.write(bytes);
            out.write(99);
            out.sync();
        }
    }

    private byte[] read(String path) throws IOException {
        try (FileStore.Input in = store.open(path)) {
            byte[] bytes = new byte[(int) in.length()];
            in.readFully(0, bytes, 0, bytes.length);
            return bytes;
        }
    }

    @Test
    void shouldGiveALockOnceUntilItIsClosed() throws IOException {
        String file = folder + "/run/.lock";
        try (Closeable lock = store.lock(file).orElseThrow()) {
            assertTrue(store.lock(file).isEmpty(), () -> "given twice, with " + lock);
            assertTrue(store.lock(folder + "/other").isPresent());
        }
        assertTrue(store.lock(file).isPresent());
    }

    @Test
    void shouldSayInWordsWhatIsWrongWithAFile() throws IOException {
        assertEquals("permission denied: /a", FileProblem.of(new AccessDeniedException("/a")));
        assertEquals("/a: disk gone", FileProblem.of(new FileSystemException("/a", null, "disk gone")));
        assertEquals("java.io.EOFException", FileProblem.of(new EOFException()));
        IOException missing = assertThrows(IOException.class, () -> store.open(folder + "/missing"));
        assertEquals("no such file or folder: " + folder + "/missing", FileProblem.of(missing));
        write(folder + "/file", (byte) 1);
        IOException inFile = assertThrows(IOException.class, () -> store.create(folder + "/file/a"));
        assertEquals("no folder, but a file: " + folder + "/file", FileProblem.of(inFile));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "file:", "file://", "file://localhost"})
    void shouldReachFilesByPathAndUri(String scheme) throws IOException {
        String directory = scheme + folder + "/a b";
        write(directory + "/x/1", (byte) 1);
        write(directory + "/x/2", (byte) 2, (byte) 3);

        store.rename(directory + "/x/2", directory + "/y/1");
        store.rename(directory + "/x/1", directory + "/y/1");

        assertArrayEquals(new byte[] {1, 99}, Files.readAllBytes(folder.resolve("a b/y/1")));
        assertArrayEquals(new byte[] {1, 99}, read(directory + "/y/1"));
        assertEquals(List.of("x", "y"), store.list(directory));
        assertEquals(List.of(), store.list(directory + "/x"));
        assertEquals(List.of(), store.list(directory + "/missing"));
        assertTrue(store.exists(directory + "/y/1"));
        store.delete(directory);
        assertFalse(store.exists(directory));
        store.delete(directory);
    }

    @Test
    void shouldReplaceAFileAndReadPartsOfIt() throws IOException {
        String path = folder + "/f";
        write(path, new byte[100]);
        write(path, (byte) 5, (byte) 6);
        byte[] target = new byte[4];
        try (FileStore.Input in = store.open(path)) {
            assertEquals(3, in.length());
            in.readFully(1, target, 2, 2);
            assertThrows(EOFException.class, () -> in.readFully(2, new byte[2], 0, 2));
        }
        assertArrayEquals(new byte[] {0, 0, 6, 99}, target);
    }

    @Test
    void shouldDeleteLinksAndNotWhatTheyLeadTo() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("keep"), "x");
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Files.createSymbolicLink(inside.resolve("link"), outside);

        store.delete(inside.toString());

        assertFalse(Files.exists(inside));
        assertTrue(Files.exists(outside.resolve("keep")));
    }

    @Test
    void shouldRefuseOtherFileSystems() {
        CoveyException e = assertThrows(CoveyException.class, () -> store.exists("hdfs://host/x"));
        assertEquals(CoveyException.Category.CALLER, e.category());
        assertTrue(e.getMessage().contains("hdfs://host/x"));
    }
}
