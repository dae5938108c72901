package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.zip.CRC32C;

/**
 * Writes a TensorBundle with one data file: {@code prefix.data-00000-of-00001} while tensors are added, {@code prefix.index}
 * by {@link #finish}. Tensors go through one small buffer and are held nowhere. Without {@code finish} there is no bundle, and
 * {@link #close} removes what was written. Not thread-safe.
 *
 * <p>All methods throw {@link CoveyException} when the files cannot be written.
 */
public final class TensorBundleWriter implements AutoCloseable {
    /** What is checked and then written stays in the second-level cache in between. */
    private static final int PIECE_FLOATS = 1 << 16;

    private final FileStore store;
    private final String prefix;
    private final String dataPath;
    private final FileStore.Output data;
    private final NavigableMap<byte[], BundleEntry> entries = BundleIndex.newEntries();
    private long position;
    private boolean finished;

    /** Starts the bundle's data file; files of the same names are replaced. */
    public TensorBundleWriter(FileStore store, String prefix) {
        this.store = store;
        this.prefix = prefix;
        this.dataPath = BundleFiles.data(prefix, 0, 1);
        try {
            this.data = store.create(dataPath);
        } catch (IOException e) {
            throw cannotWrite(dataPath, e);
        }
    }

    /**
     * Adds a float32 tensor.
     *
     * @param values its elements in C order
     */
    public void addFloats(String name, List<Integer> shape, NativeFloats values) {
        addSlice(name, DataType.FLOAT, longs(shape), TensorSlice.all(shape.size()), new Floats(values));
    }

    /**
     * Adds rows [firstRow, firstRow + rows) of a float32 tensor whose other rows are in other bundles, or are added by other
     * calls.
     *
     * @param shape of the whole tensor, with at least one axis
     * @param values the rows' elements in C order
     */
    public void addFloatRows(String name, List<Integer> shape, long firstRow, long rows, NativeFloats values) {
        TensorSlice slice = TensorSlice.rows(shape.size(), firstRow, rows);
        addSlice(name, DataType.FLOAT, longs(shape), slice, new Floats(values));
    }

    /** Adds an int64 scalar. */
    public void addInt64(String name, long value) {
        byte[] bytes = new WireWriter().fixed64(value).toByteArray();
        addSlice(name, DataType.INT64, List.of(), TensorSlice.all(0), new Bytes(bytes));
    }

    /** Adds a scalar string tensor. */
    public void addString(String name, byte[] value) {
        addStrings(name, List.of(), List.of(value));
    }

    /**
     * Adds a string tensor.
     *
     * @param values its elements in C order
     */
    public void addStrings(String name, List<Integer> shape, List<byte[]> values) {
        if (BundleEntry.elements(longs(shape)) != values.size()) {
            throw new IllegalArgumentException(
                    "tensor " + name + " of shape " + shape + " cannot hold " + values.size() + " strings");
        }
        StringTensor strings = StringTensor.encode(values);
        Bytes source = new Bytes(strings.bytes().toByteArray());
        put(BundleIndex.key(name), append(DataType.STRING, longs(shape), source, strings.crc32c()));
    }

    /** Adds a tensor, or with a slice that is not all of it a piece, whose bytes come from {@code source}. */
    void addSlice(String name, DataType dataType, List<Long> shape, TensorSlice slice, Source source) {
        if (!slice.liesWithin(shape)) {
            throw new IllegalArgumentException(
                    "slice " + slice.extents() + " of tensor " + name + " does not lie within its shape " + shape);
        }
        List<Long> pieceShape = slice.pieceShape(shape);
        long size = BundleEntry.elements(pieceShape) * dataType.width();
        if (size != source.size()) {
            throw new IllegalArgumentException("tensor " + name + ": shape " + pieceShape + " of " + dataType
                    + " takes " + size + " bytes, " + source.size() + " are given");
        }
        byte[] key = BundleIndex.key(name);
        if (pieceShape.equals(shape)) {
            put(key, append(dataType, shape, source, null));
            return;
        }
        BundleEntry whole = entries.get(key);
        List<TensorSlice> slices = new ArrayList<>(whole == null ? List.of() : whole.slices());
        slices.add(slice);
        put(OrderedCode.sliceKey(name, slice), append(dataType, pieceShape, source, null));
        entries.put(key, BundleEntry.sliced(dataType, shape, 0, slices));
    }

    private void put(byte[] key, BundleEntry entry) {
        if (entries.putIfAbsent(key, entry) != null) {
            throw new IllegalArgumentException("tensor " + BundleIndex.name(key) + " was added twice to " + prefix);
        }
    }

    /** @param givenCrc the entry's checksum, or null for that of the bytes */
    private BundleEntry append(DataType dataType, List<Long> shape, Source source, Integer givenCrc) {
        long offset = position;
        CRC32C crc = new CRC32C();
        try {
            for (ByteBuffer piece = source.next(); piece.hasRemaining(); piece = source.next()) {
                position += piece.remaining();
                crc.update(piece.duplicate());
                data.write(piece);
            }
        } catch (IOException e) {
            throw cannotWrite(dataPath, e);
        }
        int masked = givenCrc == null ? MaskedCrc32c.of(crc) : givenCrc;
        return new BundleEntry(dataType, shape, 0, offset, position - offset, masked, List.of());
    }

    /** Makes the data durable, then lets the index appear. */
    public void finish() {
        String index = BundleFiles.index(prefix);
        try {
            data.sync();
            data.close();
            String unnamed = unnamedIndex();
            new BundleIndex(new BundleHeader(1, ByteOrder.LITTLE_ENDIAN), entries).write(store, unnamed);
            store.rename(unnamed, index);
        } catch (IOException e) {
            throw cannotWrite(index, e);
        }
        finished = true;
    }

    @Override
    public void close() {
        if (finished) {
            return;
        }
        try {
            // On a full disk a file may not even be closed without an error.
            try (FileStore.Output closing = data) {
                closing.flush();
            } finally {
                store.delete(dataPath);
                store.delete(unnamedIndex());
            }
        } catch (IOException e) {
            throw cannotWrite(dataPath, e);
        }
    }

    private String unnamedIndex() {
        return BundleFiles.index(prefix) + FileStore.TEMPORARY_SUFFIX;
    }

    static CoveyException cannotWrite(String path, IOException e) {
        return CoveyException.failure("cannot write checkpoint file " + path + ": " + FileProblem.of(e), e);
    }

    private static List<Long> longs(List<Integer> shape) {
        return shape.stream().map(Integer::longValue).toList();
    }

    /** A tensor's bytes, piece by piece. */
    interface Source {
        /** Number of bytes in all. */
        long size();

        /** The next bytes, valid until the next call; none at the end. */
        ByteBuffer next();
    }

    private static final class Floats implements Source {
        private final NativeFloats values;
        private long done;

        Floats(NativeFloats values) {
            this.values = values;
        }

        @Override
        public long size() {
            return values.length() * Float.BYTES;
        }

        @Override
        public ByteBuffer next() {
            int n = (int) Math.min(PIECE_FLOATS, values.length() - done);
            ByteBuffer piece = values.littleEndianBytes(done, n);
            done += n;
            return piece;
        }
    }

    /** Bytes in memory, in a file's byte order. */
    static final class Bytes implements Source {
        private final ByteBuffer bytes;
        private final int size;

        Bytes(byte[] bytes) {
            this.bytes = ByteBuffer.wrap(bytes);
            this.size = bytes.length;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public ByteBuffer next() {
            ByteBuffer rest = bytes.slice();
            bytes.position(bytes.limit());
            return rest;
        }
    }
}
