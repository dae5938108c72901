package io.covey.trainer.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A NumPy file of version 1.0 in C order, read from the test resources. */
public final class NpyFile {
    private static final Pattern HEADER =
            Pattern.compile("'descr': '([^']+)', 'fortran_order': False, 'shape': \\(([^)]*)\\)");

    private final String dtype;
    private final int[] shape;
    private final ByteBuffer data;

    private NpyFile(String dtype, int[] shape, ByteBuffer data) {
        this.dtype = dtype;
        this.shape = shape;
        this.data = data;
    }

    /** Reads a resource, for example {@code /golden/training/_data/x.npy}. */
    public static NpyFile read(String resource) {
        try (InputStream in = NpyFile.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no test resource " + resource);
            }
            ByteBuffer all = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            int headerLength = Short.toUnsignedInt(all.getShort(8));
            String header = new String(all.array(), 10, headerLength, StandardCharsets.US_ASCII);
            Matcher matcher = HEADER.matcher(header);
            if (!matcher.find()) {
                throw new IllegalArgumentException(resource + " has an unexpected header " + header);
            }
            int[] shape = Arrays.stream(matcher.group(2).split(","))
                    .map(String::strip)
                    .filter(s -> !s.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
            all.position(10 + headerLength);
            return new NpyFile(matcher.group(1), shape, all.slice().order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int[] shape() {
        return shape.clone();
    }

    public float[] floats() {
        float[] values = new float[size("<f4")];
        data.asFloatBuffer().get(0, values);
        return values;
    }

    public int[] ints() {
        int[] values = new int[size("<i4")];
        data.asIntBuffer().get(0, values);
        return values;
    }

    public byte[] bytes() {
        byte[] values = new byte[size("|u1")];
        data.get(0, values);
        return values;
    }

    private int size(String expectedDtype) {
        if (!dtype.equals(expectedDtype)) {
            throw new IllegalStateException("dtype is " + dtype + ", not " + expectedDtype);
        }
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
}
