package io.covey.trainer.data;

import io.covey.trainer.CoveyException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(30)
class IdxFilesTest {
    private static final int ROWS = 3;

    private static IdxFile file(String name, int type, int rows, Consumer<ByteBuffer> numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(64);
        bytes.putInt(type << 8 | 1).putInt(rows);
        numbers.accept(bytes);
        return IdxFile.open(name, new ByteArrayInputStream(bytes.array(), 0, bytes.position()));
    }

    private static IdxFile bytes(String name, int... values) {
        return file(name, 0x08, values.length, out -> {
            for (int value : values) {
                out.put((byte) value);
            }
        });
    }

    private static float[] weights(IdxFile weights) {
        return new IdxFiles(bytes("images", 1, 2, 3), bytes("labels", 7, 8, 9), weights)
                .read(1, null)
                .sampleWeights();
    }

    @Test
    void shouldReadWeightsOfEveryType() throws IOException {
        assertArrayEquals(new float[] {200, 3}, weights(bytes("w", 1, 200, 3)));
        assertArrayEquals(
                new float[] {-56, 3}, weights(file("w", 0x09, ROWS, out -> out.put(new byte[] {1, (byte) 200, 3}))));
        assertArrayEquals(new float[] {-2, 300}, weights(file("w", 0x0b, ROWS, out -> {
            out.putShort((short) 1).putShort((short) -2).putShort((short) 300);
        })));
        assertArrayEquals(
                new float[] {-2, 70_000},
                weights(file("w", 0x0c, ROWS, out -> out.putInt(1).putInt(-2).putInt(70_000))));
        assertArrayEquals(new float[] {0.25f, 1e-20f}, weights(file("w", 0x0d, ROWS, out -> out.putFloat(1)
                .putFloat(0.25f)
                .putFloat(1e-20f))));
        assertArrayEquals(new float[] {0.1f, 2}, weights(file("w", 0x0e, ROWS, out -> out.putDouble(1)
                .putDouble(0.1)
                .putDouble(2))));
        assertNull(weights(null));
    }

    @Test
    void shouldRefuseFilesThatDoNotBelongTogether() {
        assertRefused(
                "images holds 3 rows and w 2 rows: they must be of the same data set", () -> weights(bytes("w", 1, 2)));
        assertRefused(
                "labels holds numbers of type FLOAT, samples and labels are unsigned bytes",
                () -> new IdxFiles(bytes("images", 1), file("labels", 0x0d, 1, out -> out.putFloat(0.5f)), null));
    }

    private static void assertRefused(String message, Executable files) {
        assertEquals(message, assertThrows(CoveyException.class, files).getMessage());
    }
}
