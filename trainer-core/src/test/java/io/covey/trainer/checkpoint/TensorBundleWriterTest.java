package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class TensorBundleWriterTest {
    @TempDir
    private Path folder;

    private final FileStore store = new LocalFileStore();

    private record Placed(String name, TensorPieces.Piece piece, List<Long> shape) {}

    /** Writes what TensorFlow wrote anew from the tensors' values: one bundle per data file, then merged. */
    @ParameterizedTest
    @CsvSource({
        "tensorbundle/simple, 1",
        "checkpoint/all_dtypes/ckpt/m, 1",
        "checkpoint/keras3_model_adam/ckpt/m-1, 1",
        "checkpoint/manager_keep3/ckpt/ckpt-4, 1",
        "checkpoint/many_tensors/ckpt/m, 1",
        "checkpoint/medium_tensors/ckpt/m, 1",
        "checkpoint/shard_by_task/ckpt/m, 1",
        "checkpoint/single_shard/ckpt/m, 1",
        "checkpoint/sliced_rows/ckpt/m, 1",
        "models/seed_mlp/keras2/weights_tf/ckpt, 1",
        "tensorbundle/sl, 2",
        "tensorbundle/mine, 2",
        "checkpoint/corrupt/good/m, 2",
        "checkpoint/multi_shard_merge3/ckpt/m, 3",
        "checkpoint/max_shard_size_600/ckpt/m, 6",
    })
    void shouldReproduceTensorFlowsFilesByteForByte(String golden, int shards) throws IOException {
        Path goldenPrefix =
                Golden.path(golden + ".index").resolveSibling(Path.of(golden).getFileName());
        String name = goldenPrefix.getFileName().toString();
        Path prefix = folder.resolve(name);
        try (TensorBundleReader reader = TensorBundleReader.open(store, goldenPrefix.toString())) {
            BundleMerger merger = new BundleMerger();
            for (int shard = 0; shard < shards; shard++) {
                String part = shards == 1
                        ? prefix.toString()
                        : folder.resolve("part" + shard).toString();
                rewrite(reader, goldenPrefix.toString(), shard, part);
                merger.add(part, BundleIndex.read(store, part));
            }
            if (shards > 1) {
                merger.merged().write(store, BundleFiles.index(prefix.toString()));
                for (int shard = 0; shard < shards; shard++) {
                    store.rename(merger.dataFiles().get(shard), BundleFiles.data(prefix.toString(), shard, shards));
                }
            }
        }

        Map<String, byte[]> expected = Golden.bundle(goldenPrefix);
        Map<String, byte[]> written = Golden.bundle(prefix);

        assertEquals(expected.keySet(), written.keySet());
        assertEquals(shards + 1, written.size());
        expected.forEach((file, bytes) -> assertArrayEquals(bytes, written.get(file), file));
    }

    private void rewrite(TensorBundleReader reader, String golden, int shard, String target) {
        List<Placed> placed = new ArrayList<>();
        reader.index().entries().forEach((key, entry) -> {
            if (!BundleIndex.isSlice(key)) {
                try {
                    String name = BundleIndex.name(key);
                    TensorPieces.of(name, entry, reader.index().entries()).pieces().stream()
                            .filter(piece -> piece.entry().shardId() == shard)
                            .forEach(piece -> placed.add(new Placed(name, piece, entry.shape())));
                } catch (MalformedException e) {
                    throw new AssertionError(e);
                }
            }
        });
        placed.sort(Comparator.comparingLong(tensor -> tensor.piece().entry().offset()));
        try (TensorBundleWriter writer = new TensorBundleWriter(store, target);
                DataFiles data =
                        new DataFiles(store, golden, reader.index().header().shards())) {
            for (Placed tensor : placed) {
                BundleEntry entry = tensor.piece().entry();
                if (entry.dataType() == DataType.STRING) {
                    writer.addStrings(
                            tensor.name(),
                            tensor.shape().stream().map(Long::intValue).toList(),
                            reader.readStrings(tensor.name()));
                } else {
                    byte[] bytes = data.readUnverified(tensor.name(), entry);
                    TensorBundleWriter.Bytes source = new TensorBundleWriter.Bytes(bytes);
                    writer.addSlice(
                            tensor.name(),
                            entry.dataType(),
                            tensor.shape(),
                            tensor.piece().slice(),
                            source);
                }
            }
            writer.finish();
        }
    }

    @Test
    void shouldReadBackTensorsLargerThanTheBuffer() {
        long seed = 11;
        Random random = new Random(seed);
        float[] values = new float[200_001 * 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        String prefix = folder.resolve("m").toString();
        try (NativeFloats source = NativeFloats.allocate(values.length);
                NativeFloats target = NativeFloats.allocate(values.length);
                TensorBundleWriter writer = new TensorBundleWriter(store, prefix)) {
            source.put(0, values);
            writer.addInt64("before", -5);
            writer.addFloats("whole", List.of(200_001, 3), source);
            writer.addFloatRows("cut", List.of(200_001, 3), 100_000, 100_001, source.slice(300_000, 300_003));
            writer.addFloatRows("cut", List.of(200_001, 3), 0, 100_000, source.slice(0, 300_000));
            writer.finish();
            try (TensorBundleReader reader = TensorBundleReader.open(store, prefix)) {
                reader.validate();
                assertEquals(-5, reader.readInt64("before"));
                for (String name : List.of("whole", "cut")) {
                    target.zero();
                    reader.readFloats(name, target);
                    assertArrayEquals(values, target.get(0, values.length), name + ", seed " + seed);
                }
            }
        }
    }

    @Test
    void shouldLeaveNothingWhenNotFinished() throws IOException {
        String prefix = folder.resolve("m").toString();
        try (TensorBundleWriter writer = new TensorBundleWriter(store, prefix)) {
            writer.addInt64("a", 1);
        }
        assertEquals(List.of(), store.list(folder.toString()));
    }

    @Test
    void shouldRefuseTensorsThatDoNotFitTheirShape() {
        try (TensorBundleWriter writer =
                        new TensorBundleWriter(store, folder.resolve("m").toString());
                NativeFloats values = NativeFloats.allocate(5)) {
            assertThrows(IllegalArgumentException.class, () -> writer.addFloats("a", List.of(2, 3), values));
            assertThrows(IllegalArgumentException.class, () -> writer.addFloatRows("a", List.of(6), 2, 5, values));
            assertThrows(
                    IllegalArgumentException.class, () -> writer.addStrings("a", List.of(2), List.of(new byte[1])));
            writer.addInt64("twice", 1);
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> writer.addInt64("twice", 2));
            assertTrue(e.getMessage().contains("twice"));
        }
    }

    @Test
    void shouldRefuseToMergePartsWithoutTensorsAndTensorsOfTwoParts() {
        String empty = folder.resolve("empty").toString();
        String full = folder.resolve("full").toString();
        try (TensorBundleWriter a = new TensorBundleWriter(store, empty);
                TensorBundleWriter b = new TensorBundleWriter(store, full)) {
            a.finish();
            b.addInt64("x", 1);
            b.finish();
        }
        BundleMerger merger = new BundleMerger();
        merger.add(full, BundleIndex.read(store, full));
        assertThrows(CoveyException.class, () -> merger.add(empty, BundleIndex.read(store, empty)));
        assertThrows(CoveyException.class, () -> merger.add(full, BundleIndex.read(store, full)));
    }
}
