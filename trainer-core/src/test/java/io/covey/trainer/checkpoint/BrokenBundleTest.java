package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Golden files, cut and damaged at random: each either reads as before or ends in the one typed exception. */
@Timeout(60)
class BrokenBundleTest {
    private static final long SEED = 20_240_611;

    private final Map<String, byte[]> files = new HashMap<>();
    private final MemoryStore store = new MemoryStore();

    private Map<String, byte[]> golden(String prefix) {
        files.clear();
        Golden.bundle(Golden.path(prefix + ".index").resolveSibling(prefix.substring(prefix.lastIndexOf('/') + 1)))
                .forEach((name, bytes) -> files.put("m" + name.substring(name.indexOf('.')), bytes));
        return Map.copyOf(files);
    }

    /** Names and a digest of all values that a reader gives. */
    private Map<String, Integer> readAll() {
        Map<String, Integer> contents = new TreeMap<>();
        try (TensorBundleReader reader = TensorBundleReader.open(store, "m")) {
            reader.list();
            for (String name : reader.names()) {
                contents.put(name, digest(reader, name));
            }
        }
        return contents;
    }

    private static int digest(TensorBundleReader reader, String name) {
        BundleEntry entry = reader.index().entries().get(BundleIndex.key(name));
        if (entry.dataType() == DataType.STRING) {
            return reader.readStrings(name).stream().mapToInt(Arrays::hashCode).sum();
        }
        if (entry.dataType() != DataType.FLOAT) {
            return Arrays.hashCode(reader.readBytes(name));
        }
        try (NativeFloats target = NativeFloats.allocate(entry.elements())) {
            reader.readFloats(name, target);
            return Arrays.hashCode(target.get(0, (int) target.length()));
        }
    }

    private void expectSameOrTyped(Map<String, Integer> expected, String what) {
        try {
            assertEquals(expected, readAll(), what);
        } catch (CorruptCheckpointException e) {
            assertTrue(e.getMessage().contains(e.file()) && e.file().startsWith("m."), what + ": " + e.getMessage());
            assertFalse(e.getMessage().endsWith("null"), what + ": " + e.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tensorbundle/simple",
                "tensorbundle/sl",
                "tensorbundle/mine",
                "checkpoint/all_dtypes/ckpt/m",
                "checkpoint/sliced_rows/ckpt/m",
                "checkpoint/manager_keep3/ckpt/ckpt-5"
            })
    void shouldNameTheBrokenFileWhenBitsFlipOrBytesAreCutOff(String prefix) {
        Map<String, byte[]> good = golden(prefix);
        Map<String, Integer> expected = readAll();
        Random random = new Random(SEED);
        for (String name : good.keySet().stream().sorted().toList()) {
            byte[] bytes = good.get(name);
            for (int cut = 0; cut < bytes.length; cut += Math.max(1, bytes.length / 80)) {
                files.put(name, Arrays.copyOf(bytes, cut));
                expectSameOrTyped(expected, name + " cut to " + cut);
            }
            for (int i = 0; i < 150; i++) {
                byte[] flipped = bytes.clone();
                int bit = random.nextInt(8 * bytes.length);
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                files.put(name, flipped);
                expectSameOrTyped(expected, name + " bit " + bit + ", seed " + SEED);
            }
            files.put(name, bytes);
        }
    }

    /** Damage behind a right block checksum: only the checks of the content itself can find it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tensorbundle/simple",
                "tensorbundle/sl",
                "checkpoint/all_dtypes/ckpt/m",
                "checkpoint/sliced_rows/ckpt/m",
                "checkpoint/multi_shard_merge3/ckpt/m"
            })
    void shouldSurviveEveryIndexContent(String prefix) throws MalformedException {
        byte[] index = golden(prefix).get("m.index");
        Footer footer = Footer.decode(index);
        int dataLength = (int) footer.metaindex().offset() - Block.TRAILER_LENGTH;
        Random random = new Random(SEED);
        int refused = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] damaged = index.clone();
            int changes = 1 + random.nextInt(3);
            for (int k = 0; k < changes; k++) {
                damaged[random.nextInt(dataLength)] = (byte) random.nextInt();
            }
            int crc = MaskedCrc32c.of(damaged, 0, dataLength + 1);
            byte[] stored = new WireWriter().fixed32(crc).toByteArray();
            System.arraycopy(stored, 0, damaged, dataLength + 1, stored.length);
            files.put("m.index", damaged);
            try {
                readAll();
            } catch (CorruptCheckpointException e) {
                refused++;
            } catch (CoveyException e) {
                // A dtype that cannot be read, or another type's slices: a clear refusal too.
                assertTrue(e.getMessage().contains("m"), "change " + i + ", seed " + SEED + ": " + e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 700, "only " + refused + " of 1000 damaged indexes were refused, seed " + SEED);
    }

    /** Files in memory, read only. */
    private final class MemoryStore implements FileStore {
        @Override
        public Input open(String path) {
            byte[] bytes = files.get(path);
            return new Input() {
                @Override
                public long length() {
                    return bytes.length;
                }

                @Override
                public void readFully(long position, byte[] target, int offset, int length) throws IOException {
                    if (position + length > bytes.length) {
                        throw new EOFException();
                    }
                    System.arraycopy(bytes, (int) position, target, offset, length);
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public boolean exists(String path) {
            return files.containsKey(path);
        }

        @Override
        public List<String> list(String directory) {
            return files.keySet().stream().sorted().toList();
        }

        @Override
        public Output create(String path) throws IOException {
            throw new IOException(path + ": read-only");
        }

        @Override
        public void rename(String from, String to) throws IOException {
            throw new IOException(from + ": read-only");
        }

        @Override
        public void delete(String path) throws IOException {
            throw new IOException(path + ": read-only");
        }
    }
}
