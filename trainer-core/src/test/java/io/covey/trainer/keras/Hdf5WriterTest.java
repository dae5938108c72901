package io.covey.trainer.keras;

import io.covey.trainer.memory.NativeFloats;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class Hdf5WriterTest {
    @TempDir
    private Path folder;

    @Test
    void shouldReadBackArraysOfAllShapes() {
        Path path = folder.resolve("arrays.h5");
        float[] values = {1, Float.NaN, -0f, 1e-40f, 5, 6, 7};
        try (NativeFloats floats = NativeFloats.allocate(values.length)) {
            floats.put(0, values);
            try (Hdf5Writer writer = new Hdf5Writer(path)) {
                writer.floats("matrix", List.of(2, 3), floats, 1);
                writer.floats("a/b/scalar", List.of(), floats, 4);
                writer.number("a/b/number", 0.1f);
                writer.integer("a/whole", 1L << 40);
            }
        }
        try (Hdf5File file = new Hdf5File(path, "arrays")) {
            assertArrayEquals(
                    new float[] {Float.NaN, -0f, 1e-40f, 5, 6, 7}, file.floats("matrix", "matrix", List.of(2, 3)));
            assertArrayEquals(new float[] {5}, file.floats("a/b/scalar", "scalar", List.of()));
            assertArrayEquals(new float[] {0.1f}, file.floats("a/b/number", "number", List.of()));
            assertEquals(1L << 40, file.integer("a/whole", "whole"));
            assertTrue(file.hasArray("matrix", List.of(2, 3)));
        }
    }

    @Test
    void shouldReadBackTextsThatAreLongerThanAMessageOfTheFormat() {
        Path path = folder.resolve("texts.h5");
        String text = "Schlüssel ".repeat(20_000);
        List<String> names =
                IntStream.range(0, 6_000).mapToObj(i -> "größe/" + i).toList();
        try (Hdf5Writer writer = new Hdf5Writer(path)) {
            writer.text("", "long", text);
            writer.text("group", "empty", "");
            writer.texts("group", "few", names.subList(0, 3));
            writer.texts("group", "many", names);
            writer.texts("other", "none", List.of());
        }
        try (Hdf5File file = new Hdf5File(path, "texts")) {
            assertEquals(text, file.text("", "long"));
            assertEquals("", file.text("group", "empty"));
            assertEquals(names.subList(0, 3), file.texts("group", "few"));
            assertNull(file.text("group", "many"));
            assertEquals(names, file.texts("group", "many"));
            assertEquals(List.of(), file.texts("other", "none"));
        }
    }
}
