package io.covey.trainer.data;

import io.covey.trainer.Counted;
import io.covey.trainer.CoveyException;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * A file of the MNIST family, read from first to last row: magic {@code 0 0 type rank}, then the sizes of the axes as
 * big-endian 32-bit integers, then numbers of an {@link IdxType} in C order. The first axis counts the rows. Gzip is recognised
 * by content. Not thread-safe.
 */
public final class IdxFile implements Closeable {
    private static final int GZIP_MAGIC_0 = 0x1f;
    private static final int GZIP_MAGIC_1 = 0x8b;
    private static final int BUFFER_BYTES = 1 << 16;

    private final String name;
    private final InputStream in;
    private final int rows;
    private final IdxType type;
    private final List<Integer> rowShape;
    private final int rowBytes;
    private final long headerBytes;
    private int rowsRead;

    private IdxFile(String name, InputStream in) throws IOException {
        this.name = name;
        this.in = in;
        byte[] magic = new byte[4];
        readFully(magic, 0, magic.length, 0, magic.length);
        int rank = magic[3];
        Optional<IdxType> found = IdxType.of(magic[2]);
        if (magic[0] != 0 || magic[1] != 0 || found.isEmpty() || rank < 1) {
            throw CoveyException.caller(String.format(
                    "%s is no IDX file: expected it to begin with 00 00, the type (08 for unsigned bytes, 0d for floats)"
                            + " and the number of axes, found %02x %02x %02x %02x",
                    name, magic[0], magic[1], magic[2], magic[3]));
        }
        type = found.get();
        headerBytes = magic.length + (long) rank * Integer.BYTES;
        byte[] sizes = new byte[rank * Integer.BYTES];
        readFully(sizes, 0, sizes.length, magic.length, headerBytes);
        List<Integer> shape = new ArrayList<>();
        long size = 1;
        for (int axis = 0; axis < rank; axis++) {
            int length = ByteBuffer.wrap(sizes).getInt(axis * Integer.BYTES);
            size = axis == 0 ? type.bytes() : size * length;
            if (length < (axis == 0 ? 0 : 1) || size > Integer.MAX_VALUE) {
                throw CoveyException.caller(name + ": the header gives axis " + axis + " the length "
                        + Integer.toUnsignedString(length) + ", a row must hold 1 to " + Integer.MAX_VALUE + " bytes");
            }
            shape.add(length);
        }
        rows = shape.get(0);
        rowShape = List.copyOf(shape.subList(1, rank));
        rowBytes = (int) size;
        if (rows == 0) {
            requireEnd();
        }
    }

    /**
     * Reads the header.
     *
     * @param name for messages
     * @param source the file's bytes, gzip or plain; closed with the file, also when this method fails
     * @throws CoveyException a caller's error when the file is malformed, a failure when it cannot be read
     */
    public static IdxFile open(String name, InputStream source) {
        try {
            try {
                BufferedInputStream plain = new BufferedInputStream(source, BUFFER_BYTES);
                plain.mark(2);
                boolean gzip = plain.read() == GZIP_MAGIC_0 && plain.read() == GZIP_MAGIC_1;
                plain.reset();
                return new IdxFile(name, gzip ? new BufferedInputStream(new GzipInput(plain), BUFFER_BYTES) : plain);
            } catch (EOFException | ZipException e) {
                throw CoveyException.caller(name + " is no readable gzip file: " + e.getMessage(), e);
            } catch (IOException e) {
                throw CoveyException.failure(name + " cannot be read: " + e, e);
            }
        } catch (RuntimeException e) {
            try {
                source.close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /** For messages. */
    String name() {
        return name;
    }

    /** Number of rows, as the header says. */
    public int rows() {
        return rows;
    }

    /** Shape of one row; empty for a file of labels. */
    public List<Integer> rowShape() {
        return rowShape;
    }

    /** What the numbers are. */
    public IdxType type() {
        return type;
    }

    /** Bytes in one row. */
    public int rowBytes() {
        return rowBytes;
    }

    /**
     * Reads the next row. After the last one the file must end.
     *
     * @param target gets {@link #rowBytes} bytes from {@code offset} on
     * @throws CoveyException a caller's error when the file is malformed, a failure when it cannot be read
     */
    public void readRow(byte[] target, int offset) {
        if (rowsRead == rows) {
            throw new IllegalStateException(name + ": all " + rows + " rows are read");
        }
        try {
            long before = headerBytes + (long) rowsRead * rowBytes;
            readFully(target, offset, rowBytes, before, headerBytes + (long) rows * rowBytes);
            rowsRead++;
            if (rowsRead == rows) {
                requireEnd();
            }
        } catch (IOException e) {
            throw CoveyException.failure(name + " cannot be read: " + e, e);
        }
    }

    /**
     * Reads the rows that are left, and finds whether the file holds all that its header promises and nothing after that.
     *
     * @throws CoveyException as {@link #readRow}
     */
    public void requireWhole() {
        byte[] row = new byte[rowBytes];
        while (rowsRead < rows) {
            readRow(row, 0);
        }
    }

    private void requireEnd() throws IOException {
        long expected = headerBytes + (long) rows * rowBytes;
        int next;
        try {
            next = in.read();
        } catch (EOFException | ZipException e) {
            throw damaged(expected, expected, e);
        }
        if (next >= 0) {
            throw CoveyException.caller(name + ": expected " + expected + " bytes for " + Counted.of(rows, "row")
                    + " of " + Counted.of(rowBytes, "byte")
                    + ", found more: the file is of another data set or damaged");
        }
    }

    /** @param before bytes read so far, {@code expected} bytes that the header promises in all */
    private void readFully(byte[] target, int offset, int length, long before, long expected) throws IOException {
        int done = 0;
        try {
            while (done < length) {
                int count = in.read(target, offset + done, length - done);
                if (count < 0) {
                    throw CoveyException.caller(
                            name + " is truncated: expected " + expected + " bytes, found " + (before + done));
                }
                done += count;
            }
        } catch (EOFException | ZipException e) {
            throw damaged(expected, before + done, e);
        }
    }

    private CoveyException damaged(long expected, long found, IOException cause) {
        return CoveyException.caller(
                name + ": its gzip stream is truncated or damaged (" + cause.getMessage() + "): expected " + expected
                        + " bytes unpacked, found " + found,
                cause);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
