package io.covey.spark.cli;

import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.checkpoint.TensorBundleWriter;
import io.covey.trainer.memory.NativeFloats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class CheckpointLsTest {
    private static final String TABLE = """
            name          dtype    shape   shard  bytes  checksum
            dense/bias    float32  [3]     0         12  ok
            dense/kernel  float32  [4, 3]  0         48  ok
            save_counter  int64    []      0          8  ok
            state         string   []      0          7  ok
            4 tensors, 75 bytes
            """;

    @TempDir
    private Path folder;

    private final Cli cli = new Cli();

    @BeforeEach
    void writeCheckpoint() {
        write("ckpt-1");
        write("ckpt-2");
    }

    private void write(String name) {
        try (NativeFloats kernel = NativeFloats.allocate(12);
                NativeFloats bias = NativeFloats.allocate(3);
                TensorBundleWriter writer = new TensorBundleWriter(
                        new LocalFileStore(), folder.resolve(name).toString())) {
            kernel.put(0, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
            writer.addFloats("dense/bias", List.of(3), bias);
            writer.addFloats("dense/kernel", List.of(4, 3), kernel);
            writer.addInt64("save_counter", 2);
            writer.addString("state", "{}".getBytes(StandardCharsets.UTF_8));
            writer.finish();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ckpt-2", "/ckpt-2.index", "", "/"})
    void shouldListTheTensorsWhenThePathIsAPrefixAnIndexOrAFolder(String path) {
        assertEquals(0, cli.execute("checkpoint", "ls", folder + path));

        assertEquals(folder + "/ckpt-2\n" + TABLE, cli.out());
        assertEquals("", cli.err());
    }

    @Test
    void shouldReadThroughHadoopWhenThePathIsAUri() {
        assertEquals(0, cli.execute("checkpoint", "ls", "file://" + folder + "/ckpt-1"));

        assertEquals("file://" + folder + "/ckpt-1\n" + TABLE, cli.out());
    }

    @Test
    void shouldMarkTheTensorAndExitWith1WhenItsBytesAreDamaged() throws IOException {
        Path data = folder.resolve("ckpt-2.data-00000-of-00001");
        byte[] bytes = Files.readAllBytes(data);
        bytes[5] ^= 1;
        Files.write(data, bytes);

        assertEquals(1, cli.execute("checkpoint", "ls", folder + "/ckpt-2"));

        assertTrue(cli.out().contains("dense/bias    float32  [3]     0         12  corrupt\n"), cli.out());
        assertTrue(cli.out().contains("dense/kernel  float32  [4, 3]  0         48  ok\n"), cli.out());
        assertTrue(cli.err().startsWith("covey: 1 of 4 tensors of " + folder + "/ckpt-2 are damaged:\n  "), cli.err());
        assertTrue(cli.err().contains("dense/bias"), cli.err());
    }

    @Test
    void shouldTakeTheNewestGoodOneWhenTheNewestOfAFolderIsDamaged() throws IOException {
        Files.write(folder.resolve("ckpt-2.index"), new byte[10]);

        assertEquals(0, cli.execute("checkpoint", "ls", folder.toString()));

        assertEquals(folder + "/ckpt-1\n" + TABLE, cli.out());
        assertTrue(
                cli.err().matches("covey: .*ckpt-2.*; an older one is taken: \\Q" + folder + "\\E/ckpt-1\n"),
                cli.err());
    }

    @Test
    void shouldExitWith2WhenThereIsNoCheckpoint() {
        assertEquals(2, cli.execute("checkpoint", "ls", folder + "/nothing"));

        assertEquals(
                "covey: there is no checkpoint at " + folder + "/nothing: neither a file " + folder
                        + "/nothing.index nor a folder with checkpoints\n",
                cli.err());
    }
}
