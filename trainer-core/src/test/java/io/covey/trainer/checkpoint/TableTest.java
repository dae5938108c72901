package io.covey.trainer.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(60)
class TableTest {
    private static final HexFormat HEX = HexFormat.of();

    /** Every index file that TensorFlow wrote is reproduced from its keys and values alone. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tensorbundle/simple",
                "tensorbundle/sl",
                "tensorbundle/big",
                "tensorbundle/mine",
                "checkpoint/all_dtypes/ckpt/m",
                "checkpoint/corrupt/good/m",
                "checkpoint/keras3_model_adam/ckpt/m-1",
                "checkpoint/manager_keep3/ckpt/ckpt-5",
                "checkpoint/many_tensors/ckpt/m",
                "checkpoint/max_shard_size_600/ckpt/m",
                "checkpoint/medium_tensors/ckpt/m",
                "checkpoint/multi_shard_merge3/ckpt/m",
                "checkpoint/shard_by_task/ckpt/m",
                "checkpoint/single_shard/ckpt/m",
                "checkpoint/sliced_rows/ckpt/m",
                "models/seed_mlp/keras2/weights_tf/ckpt"
            })
    void shouldReproduceTensorFlowsIndexByteForByte(String prefix) throws Exception {
        byte[] golden = Files.readAllBytes(Golden.path(prefix + ".index"));

        NavigableMap<byte[], WireReader> values = TableReader.read(golden);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TableWriter writer = new TableWriter(out);
        BundleHeader header = BundleHeader.decode(values.remove(new byte[0]));
        writer.add(new byte[0], header.encode());
        for (Map.Entry<byte[], WireReader> value : values.entrySet()) {
            writer.add(
                    value.getKey(),
                    BundleEntry.decode(value.getValue(), header.shards()).encode());
        }
        writer.finish();

        assertArrayEquals(golden, out.toByteArray());
    }

    @Test
    void shouldReadBackWhatItWroteWhenKeysAndValuesAreRandom() throws Exception {
        long seed = 7;
        Random random = new Random(seed);
        NavigableMap<byte[], byte[]> expected = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < 3000; i++) {
            byte[] key = new byte[random.nextInt(40)];
            byte[] value = new byte[i % 500 == 0 ? 600_000 : random.nextInt(300)];
            random.nextBytes(key);
            random.nextBytes(value);
            expected.put(key, value);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TableWriter writer = new TableWriter(out);
        for (Map.Entry<byte[], byte[]> entry : expected.entrySet()) {
            writer.add(entry.getKey(), entry.getValue());
        }
        writer.finish();

        NavigableMap<byte[], WireReader> read = TableReader.read(out.toByteArray());

        assertEquals(expected.size(), read.size(), "seed " + seed);
        for (Map.Entry<byte[], byte[]> entry : expected.entrySet()) {
            WireReader value = read.get(entry.getKey());
            assertArrayEquals(entry.getValue(), value.bytes(value.remaining()), "seed " + seed);
        }
    }

    @Test
    void shouldRefuseKeysThatDoNotIncrease() throws IOException {
        TableWriter writer = new TableWriter(new ByteArrayOutputStream());
        writer.add(new byte[] {(byte) 0x80}, new byte[0]);
        assertThrows(IllegalArgumentException.class, () -> writer.add(new byte[] {0x7F}, new byte[0]));
    }

    @ParameterizedTest
    @CsvSource({"abcdefghijk,abzz,abd", "abc,abd,abc", "ab,abc,ab", "b,d,c"})
    void shouldShortenTheKeyBetweenTwoBlocks(String last, String next, String separator) {
        assertEquals(separator, text(TableWriter.separator(bytes(last), bytes(next))));
    }

    @Test
    void shouldShortenTheKeyBehindTheLastBlock() {
        assertEquals("x", text(TableWriter.successor(bytes("w/.ATTRIBUTES/VARIABLE_VALUE"))));
        assertArrayEquals(HEX.parseHex("ffff03"), TableWriter.successor(HEX.parseHex("ffff0277")));
        assertArrayEquals(HEX.parseHex("ffff"), TableWriter.successor(HEX.parseHex("ffff")));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 80",
        "1, 81",
        "-1, 7f",
        "63, bf",
        "64, c040",
        "-64, 40",
        "-65, 3fbf",
        "137, c089",
        "163, c0a3",
        "8191, dfff",
        "8192, e02000",
        "-8192, 2000",
        "4342338, f0424242",
        "-2048, 3800",
        "9223372036854775807, ffc07fffffffffffffff",
        "-9223372036854775808, 003f8000000000000000"
    })
    void shouldEncodeSignedNumbersInOrder(long value, String expected) {
        WireWriter target = new WireWriter();
        OrderedCode.signed(target, value);
        assertEquals(expected, HEX.formatHex(target.toByteArray()));
    }

    @ParameterizedTest
    @CsvSource({"0, 00", "2, 0102", "300, 02012c", "-1, 08ffffffffffffffff"})
    void shouldEncodeUnsignedNumbersInOrder(long value, String expected) {
        WireWriter target = new WireWriter();
        OrderedCode.unsigned(target, value);
        assertEquals(expected, HEX.formatHex(target.toByteArray()));
    }

    @Test
    void shouldEncodeSliceKeysAsTensorFlow() {
        assertEquals("00656d62000101028083807f", HEX.formatHex(OrderedCode.sliceKey("emb", TensorSlice.rows(2, 0, 3))));
        WireWriter escaped = new WireWriter();
        OrderedCode.string(escaped, HEX.parseHex("0061ff"));
        assertEquals("00ff61ff000001", HEX.formatHex(escaped.toByteArray()));
    }

    @Test
    void shouldMaskChecksumsAsLevelDb() {
        CRC32C crc = new CRC32C();
        assertEquals(0xA282EAD8, MaskedCrc32c.of(crc));
        byte[] digits = bytes("123456789");
        assertEquals(0xC78AB0E5, MaskedCrc32c.of(digits, 0, digits.length));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
