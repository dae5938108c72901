package io.covey.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.testing.NpyFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class TensorBundleReaderTest {
    private final FileStore store = new LocalFileStore();

    private TensorBundleReader open(String prefix) {
        return TensorBundleReader.open(store, Golden.path("").resolve(prefix).toString());
    }

    @Test
    void shouldReadKeras2Weights() {
        try (TensorBundleReader reader = open("models/seed_mlp/keras2/weights_tf/ckpt")) {
            reader.validate();
            assertEquals(List.of(784L, 300L), reader.shape("layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE"));
            assertTrue(reader.names().contains(CheckpointKeys.OBJECT_GRAPH));
        }
    }

    @Test
    void shouldReadAnyRowsAcrossSlices() {
        Path folder = Golden.path("checkpoint/sliced_rows");
        float[] whole = NpyFile.read(folder.resolve("expected__t0000.npy")).floats();
        try (TensorBundleReader reader = open("checkpoint/sliced_rows/ckpt/m");
                NativeFloats target = NativeFloats.allocate(whole.length)) {
            for (int from = 0; from <= 10; from++) {
                for (int to = from; to <= 10; to++) {
                    target.zero();
                    reader.readFloats("emb/part", from * 4L, (to - from) * 4L, target);
                    float[] expected = Arrays.copyOf(Arrays.copyOfRange(whole, from * 4, to * 4), whole.length);
                    assertArrayEquals(expected, target.get(0, whole.length), "rows " + from + " to " + to);
                }
            }
            for (JsonNode read : Golden.manifest("checkpoint/sliced_rows").get("slice_reads")) {
                NpyFile expected = NpyFile.read(
                        folder.resolve(read.get("expected").get("file").asText()));
                if (expected.shape().get(1) == 4) {
                    String rows = read.get("shape_and_slice").asText().split(" ", -1)[2];
                    long first = Long.parseLong(rows.substring(0, rows.indexOf(',')));
                    reader.readFloats("emb/part", first * 4, expected.elements(), target);
                    assertArrayEquals(expected.floats(), target.get(0, expected.elements()), rows);
                }
            }
        }
    }

    @Test
    void shouldReadSlicesThatCutSeveralAxes(@TempDir Path folder) {
        List<Long> shape = List.of(4L, 6L, 2L);
        float[] all = new float[48];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        String prefix = folder.resolve("m").toString();
        try (TensorBundleWriter writer = new TensorBundleWriter(store, prefix)) {
            for (int row : new int[] {0, 3}) {
                int rows = row == 0 ? 3 : 1;
                for (int column : new int[] {4, 0}) {
                    int columns = column == 0 ? 4 : 2;
                    ByteBuffer piece =
                            ByteBuffer.allocate(rows * columns * 2 * 4).order(ByteOrder.LITTLE_ENDIAN);
                    for (int i = 0; i < rows * columns * 2; i++) {
                        int r = row + i / (columns * 2);
                        int c = column + i / 2 % columns;
                        piece.putFloat(all[r * 12 + c * 2 + i % 2]);
                    }
                    TensorSlice slice = new TensorSlice(List.of(
                            new TensorSlice.Extent(row, rows),
                            new TensorSlice.Extent(column, columns),
                            TensorSlice.Extent.ALL));
                    writer.addSlice("t", DataType.FLOAT, shape, slice, new TensorBundleWriter.Bytes(piece.array()));
                }
            }
            writer.finish();
        }
        try (TensorBundleReader reader = TensorBundleReader.open(store, prefix);
                NativeFloats target = NativeFloats.allocate(48)) {
            for (int from = 0; from < 48; from++) {
                for (int to = from + 1; to <= 48; to++) {
                    reader.readFloats("t", from, to - from, target);
                    assertArrayEquals(Arrays.copyOfRange(all, from, to), target.get(0, to - from));
                }
            }
        }
    }

    static Stream<String> variants() {
        Iterator<String> names =
                Golden.manifest("checkpoint/corrupt").get("variants").fieldNames();
        List<String> list = new ArrayList<>();
        names.forEachRemaining(list::add);
        return list.stream();
    }

    /** That the right ones are refused is checked with the golden cases; here, that messages name what is broken. */
    @ParameterizedTest
    @MethodSource("variants")
    void shouldRefuseBrokenCheckpoints(String variant) {
        JsonNode manifest = Golden.manifest("checkpoint/corrupt");
        JsonNode expected = manifest.get("variants").get(variant);
        String prefix = "checkpoint/corrupt/" + variant + "/m";
        if (!expected.get("open").get("ok").asBoolean()) {
            CoveyException e =
                    assertThrows(CoveyException.class, () -> open(prefix).close());
            assertTrue(e.getMessage().contains(variant + "/m.index"), e.getMessage());
            assertEquals(!variant.equals("missing_index"), e instanceof CorruptCheckpointException);
            return;
        }
        try (TensorBundleReader reader = open(prefix)) {
            boolean allGood = true;
            for (TensorInfo info : reader.list()) {
                boolean good =
                        expected.get("tensors").get(info.name()).get("ok").asBoolean();
                allGood &= good;
                assertEquals(good, info.checksum() == TensorInfo.Checksum.OK, info.toString());
                if (good) {
                    read(reader, info);
                } else {
                    CorruptCheckpointException e =
                            assertThrows(CorruptCheckpointException.class, () -> read(reader, info));
                    assertEquals(info.name(), e.key());
                    assertTrue(e.file().contains(variant + "/m.data-"), e.getMessage());
                    assertTrue(
                            e.getMessage().contains(e.file()) && e.getMessage().contains(e.key()), e.getMessage());
                    assertEquals(info.problem(), e.getMessage());
                }
            }
            if (allGood) {
                reader.validate();
            } else {
                assertThrows(CorruptCheckpointException.class, reader::validate);
            }
        }
    }

    private static void read(TensorBundleReader reader, TensorInfo info) {
        if (info.dataType() == DataType.STRING) {
            reader.readStrings(info.name());
        } else {
            TensorBytes.of(reader, info);
        }
    }

    @Test
    void shouldTellMissingFromDamagedData() {
        Map<String, TensorInfo.Checksum> states = new TreeMap<>();
        for (String variant : List.of("data_bitflip", "data_truncated", "missing_first_shard")) {
            try (TensorBundleReader reader = open("checkpoint/corrupt/" + variant + "/m")) {
                states.put(variant, reader.list().get(0).checksum());
            }
        }
        assertEquals(
                Map.of(
                        "data_bitflip", TensorInfo.Checksum.CORRUPT,
                        "data_truncated", TensorInfo.Checksum.UNREADABLE,
                        "missing_first_shard", TensorInfo.Checksum.UNREADABLE),
                states);
        assertEquals("corrupt", TensorInfo.Checksum.CORRUPT.toString());
    }

    @Test
    void shouldRefuseWrongNamesTypesAndRanges() {
        try (TensorBundleReader reader = open("checkpoint/corrupt/good/m");
                NativeFloats target = NativeFloats.allocate(100)) {
            CoveyException missing = assertThrows(CoveyException.class, () -> reader.readFloats("nope", target));
            assertEquals(CoveyException.Category.CALLER, missing.category());
            assertTrue(missing.getMessage().contains("nope"));
            assertThrows(CoveyException.class, () -> reader.readInt64("a/w"));
            assertThrows(CoveyException.class, () -> reader.readStrings("a/w"));
            assertThrows(CoveyException.class, () -> reader.readFloats("c", 0, 1, target));
            assertThrows(IllegalArgumentException.class, () -> reader.readFloats("a/w", 50, 51, target));
            assertThrows(IllegalArgumentException.class, () -> reader.readFloats("a/w", -1, 2, target));
        }
    }

    @Test
    void shouldSayHowToNameACheckpointWhenAFileNameIsGiven() {
        CoveyException e = assertThrows(CoveyException.class, () -> open("tensorbundle/simple.data-00000-of-00001")
                .close());
        assertEquals(CoveyException.Category.CALLER, e.category());
        assertTrue(e.getMessage().contains("without .index or .data-"), e.getMessage());
    }

    @Test
    void shouldListEveryShardOfASlicedTensor() {
        try (TensorBundleReader reader = open("tensorbundle/mine")) {
            TensorInfo sliced = reader.list().stream()
                    .filter(info -> info.shape().equals(List.of(300L, 2L)))
                    .findFirst()
                    .orElseThrow();
            assertEquals(List.of(0, 1), sliced.shards());
            assertEquals(2400, sliced.bytes());
        }
        try (TensorBundleReader reader = open("checkpoint/max_shard_size_600/ckpt/m")) {
            List<Integer> shards = reader.list().stream()
                    .flatMap(info -> info.shards().stream())
                    .distinct()
                    .sorted()
                    .toList();
            assertEquals(IntStream.range(0, 6).boxed().toList(), shards);
        }
    }
}
