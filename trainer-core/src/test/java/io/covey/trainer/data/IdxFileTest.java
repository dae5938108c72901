package io.covey.trainer.data;

import io.covey.trainer.CoveyException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class IdxFileTest {
    /** Three rows of 2 x 2. */
    private static final byte[] IMAGES = {
        0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, (byte) 255
    };

    private static final byte[] LABELS = {0, 0, 8, 1, 0, 0, 0, 2, 7, 9};

    @Test
    void shouldReadImagesPlainAndGzipped() throws IOException {
        for (byte[] file : List.of(IMAGES, gzip(IMAGES))) {
            try (IdxFile idx = open(file)) {
                assertEquals(3, idx.rows());
                assertEquals(List.of(2, 2), idx.rowShape());
                assertEquals(4, idx.rowBytes());
                byte[] rows = new byte[12];
                for (int row = 0; row < 3; row++) {
                    idx.readRow(rows, row * 4);
                }
                assertArrayEquals(Arrays.copyOfRange(IMAGES, 16, 28), rows);
            }
        }
    }

    @Test
    void shouldReadLabels() throws IOException {
        try (IdxFile idx = open(LABELS)) {
            assertEquals(List.of(), idx.rowShape());
            assertEquals(1, idx.rowBytes());
            byte[] row = new byte[1];
            idx.readRow(row, 0);
            idx.readRow(row, 0);
            assertEquals(9, row[0]);
        }
    }

    @Test
    void shouldNameExpectedAndFoundBytesWhenTruncatedAnywhere() {
        for (int length = 0; length < IMAGES.length; length++) {
            String message = assertRefused(Arrays.copyOf(IMAGES, length));
            int expected = length < 4 ? 4 : length < 16 ? 16 : 28;
            assertEquals("x.idx is truncated: expected " + expected + " bytes, found " + length, message);
        }
    }

    @Test
    void shouldRefuseGzipWhenTruncatedAnywhereOrDamaged() throws IOException {
        byte[] whole = gzip(IMAGES);
        for (int length = 2; length < whole.length; length++) {
            String message = assertRefused(Arrays.copyOf(whole, length));
            assertTrue(message.startsWith("x.idx") && message.contains("gzip"), length + " bytes: " + message);
        }
        byte[] damaged = whole.clone();
        damaged[damaged.length - 5] ^= 1; // The checksum.
        assertTrue(assertRefused(damaged).contains("found 28"));
    }

    @Test
    void shouldReadGzipOfSeveralMembersWithAllFieldsOfTheirHeaders() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(withHeader(gzip(Arrays.copyOf(IMAGES, 17)), 4 | 8 | 16 | 2, "\2\0xyname\0comment\0cc"));
        file.write(gzip(Arrays.copyOfRange(IMAGES, 17, IMAGES.length)));
        try (IdxFile idx = open(file.toByteArray())) {
            idx.requireWhole();
        }
    }

    /** A file of one member with other flags and these fields after them. */
    private static byte[] withHeader(byte[] gzip, int flags, String fields) {
        byte[] more = fields.getBytes(StandardCharsets.ISO_8859_1);
        byte[] result = new byte[gzip.length + more.length];
        System.arraycopy(gzip, 0, result, 0, 10);
        result[3] = (byte) flags;
        System.arraycopy(more, 0, result, 10, more.length);
        System.arraycopy(gzip, 10, result, 10 + more.length, gzip.length - 10);
        return result;
    }

    @Test
    void shouldRefuseGzipThatIsFollowedBySomethingElse() throws IOException {
        byte[] whole = gzip(IMAGES);
        for (int more : new int[] {1, 40, 100_000}) {
            String message = assertRefused(Arrays.copyOf(whole, whole.length + more));
            assertTrue(message.contains("x.idx: its gzip stream is truncated or damaged"), message);
            assertTrue(message.contains("what follows its end is not gzip"), message);
        }
    }

    @Test
    void shouldFindTruncationWhenNoRowIsWanted() throws IOException {
        for (byte[] file : List.of(IMAGES, gzip(IMAGES))) {
            try (IdxFile cut = open(Arrays.copyOf(file, file.length - 1))) {
                CoveyException e = assertThrows(CoveyException.class, cut::requireWhole);
                assertTrue(e.getMessage().contains("truncated"), e.getMessage());
            }
            try (IdxFile whole = open(file)) {
                whole.requireWhole();
            }
        }
    }

    @Test
    void shouldRefuseTrailingBytes() throws IOException {
        byte[] longer = Arrays.copyOf(IMAGES, IMAGES.length + 1);
        String expected =
                "x.idx: expected 28 bytes for 3 rows of 4 bytes, found more: the file is of another data set or damaged";
        assertEquals(expected, assertRefused(longer));
        assertEquals(expected, assertRefused(gzip(longer)));
    }

    @Test
    void shouldRefuseOtherMagicTypeAndShape() {
        assertTrue(assertRefused("PNG file".getBytes(StandardCharsets.US_ASCII)).contains("found 50 4e 47 20"));
        assertTrue(assertRefused(new byte[] {0, 0, 10, 1, 0, 0, 0, 0}).contains("found 00 00 0a 01"));
        assertTrue(assertRefused(new byte[] {0, 0, 8, 0}).contains("found 00 00 08 00"));
        assertTrue(assertRefused(new byte[] {0, 0, 8, 1, -1, -1, -1, -1}).contains("length 4294967295"));
        assertTrue(
                assertRefused(new byte[] {0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 0}).contains("axis 1 the length 0"));
        assertTrue(assertRefused(new byte[] {0, 0, 8, 3, 0, 0, 0, 1, 127, -1, -1, -1, 0, 0, 0, 2})
                .contains("axis 2 the length 2"));
    }

    @Test
    void shouldCallBrokenReadsAFailure() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("disk gone");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        };
        CoveyException e = assertThrows(CoveyException.class, () -> IdxFile.open("x.idx", broken));
        assertEquals(CoveyException.Category.FAILURE, e.category());
        assertTrue(e.getMessage().contains("disk gone"));
    }

    private static String assertRefused(byte[] file) {
        CoveyException e = assertThrows(CoveyException.class, () -> {
            IdxFile idx = open(file);
            byte[] row = new byte[idx.rowBytes()];
            for (int i = 0; i < idx.rows(); i++) {
                idx.readRow(row, 0);
            }
        });
        assertEquals(CoveyException.Category.CALLER, e.category());
        return e.getMessage();
    }

    private static IdxFile open(byte[] file) {
        return IdxFile.open("x.idx", new ByteArrayInputStream(file));
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }
}
