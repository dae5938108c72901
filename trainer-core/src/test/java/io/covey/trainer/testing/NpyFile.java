package io.covey.trainer.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An array in NumPy's .npy format, version 1.0, little-endian, C order: the form of the golden data.
 *
 * @param descr NumPy's type, for example {@code <f4}
 * @param shape empty for a scalar
 * @param data the elements' bytes, little-endian
 */
public record NpyFile(String descr, List<Integer> shape, ByteBuffer data) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final Pattern DESCR = Pattern.compile("'descr': *'([^']+)'");
    private static final Pattern SHAPE = Pattern.compile("'shape': *\\(([^)]*)\\)");

    public static NpyFile read(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (!Arrays.equals(MAGIC, 0, MAGIC.length, bytes, 0, MAGIC.length)) {
            throw new IllegalArgumentException(file + " is no .npy file of version 1.0");
        }
        int headerLength = Short.toUnsignedInt(buffer.getShort(MAGIC.length));
        int dataOffset = MAGIC.length + Short.BYTES + headerLength;
        String header = new String(bytes, MAGIC.length + Short.BYTES, headerLength, StandardCharsets.ISO_8859_1);
        if (!header.contains("'fortran_order': False")) {
            throw new IllegalArgumentException(file + " is not in C order: " + header);
        }
        List<Integer> shape = Stream.of(find(SHAPE, header, file).split(","))
                .map(String::strip)
                .filter(axis -> !axis.isEmpty())
                .map(Integer::valueOf)
                .toList();
        ByteBuffer data = buffer.slice(dataOffset, bytes.length - dataOffset).order(ByteOrder.LITTLE_ENDIAN);
        return new NpyFile(find(DESCR, header, file), shape, data);
    }

    private static String find(Pattern pattern, String header, Path file) {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw new IllegalArgumentException(file + " has the header " + header);
        }
        return matcher.group(1);
    }

    public int elements() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** The elements of a float32 array. */
    public float[] floats() {
        require("<f4");
        float[] values = new float[elements()];
        ordered().asFloatBuffer().get(values);
        return values;
    }

    /** The elements of a float64 array. */
    public double[] doubles() {
        require("<f8");
        double[] values = new double[elements()];
        ordered().asDoubleBuffer().get(values);
        return values;
    }

    /** The elements of an int32 array. */
    public int[] ints() {
        require("<i4");
        int[] values = new int[elements()];
        ordered().asIntBuffer().get(values);
        return values;
    }

    /** The elements of an int64 array. */
    public long[] longs() {
        require("<i8");
        long[] values = new long[elements()];
        ordered().asLongBuffer().get(values);
        return values;
    }

    /** The elements of a uint8 array. */
    public byte[] bytes() {
        require("|u1");
        byte[] values = new byte[elements()];
        ordered().get(values);
        return values;
    }

    private ByteBuffer ordered() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    private void require(String expected) {
        if (!descr.equals(expected)) {
            throw new IllegalStateException("the array is " + descr + ", not " + expected);
        }
    }
}
