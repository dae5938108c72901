package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.TensorPieces.Piece;
import io.covey.trainer.memory.NativeFloats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads a TensorBundle: TensorFlow's checkpoint format V2, with any number of data files and sliced tensors. The whole index
 * is read and verified on opening, a tensor's bytes and checksum when it is read. Not thread-safe.
 *
 * <p>Methods throw {@link CorruptCheckpointException} for a broken file, a caller's {@link CoveyException} for a tensor that
 * does not exist or is of another dtype, and a failure when the file system fails.
 */
public final class TensorBundleReader implements AutoCloseable {
    private final String prefix;
    private final BundleIndex index;
    private final SortedMap<String, TensorPieces> tensors;
    private final DataFiles data;

    private TensorBundleReader(
            String prefix, BundleIndex index, SortedMap<String, TensorPieces> tensors, DataFiles data) {
        this.prefix = prefix;
        this.index = index;
        this.tensors = tensors;
        this.data = data;
    }

    /**
     * Opens the bundle {@code prefix}: a path without {@code .index} or {@code .data-...}.
     *
     * @throws CoveyException a caller's error when there is no such bundle
     * @throws CorruptCheckpointException when the index is broken
     */
    public static TensorBundleReader open(FileStore store, String prefix) {
        BundleIndex index = BundleIndex.read(store, prefix);
        SortedMap<String, TensorPieces> tensors = new TreeMap<>();
        int pieces = 0;
        int sliceEntries = 0;
        for (Map.Entry<byte[], BundleEntry> entry : index.entries().entrySet()) {
            if (BundleIndex.isSlice(entry.getKey())) {
                sliceEntries++;
                continue;
            }
            String name = BundleIndex.name(entry.getKey());
            try {
                TensorPieces tensor = TensorPieces.of(name, entry.getValue(), index.entries());
                tensors.put(name, tensor);
                pieces += entry.getValue().slices().size();
            } catch (MalformedException e) {
                throw new CorruptCheckpointException(BundleFiles.index(prefix), name, e.offset(), e.getMessage(), e);
            }
        }
        if (pieces != sliceEntries) {
            String problem = sliceEntries + " entries of slices, the tensors have " + pieces;
            throw new CorruptCheckpointException(
                    BundleFiles.index(prefix), "", CorruptCheckpointException.NO_OFFSET, problem, null);
        }
        return new TensorBundleReader(
                prefix,
                index,
                tensors,
                new DataFiles(store, prefix, index.header().shards()));
    }

    BundleIndex index() {
        return index;
    }

    /** Names of all tensors, sorted. */
    public List<String> names() {
        return List.copyOf(tensors.keySet());
    }

    /** Shape of a tensor, empty for a scalar. */
    public List<Long> shape(String name) {
        return tensor(name).entry().shape();
    }

    /** Describes all tensors, sorted by name; reads all data to tell whether it is good. */
    public List<TensorInfo> list() {
        List<TensorInfo> list = new ArrayList<>();
        tensors.forEach((name, tensor) -> list.add(describe(name, tensor)));
        return Collections.unmodifiableList(list);
    }

    private TensorInfo describe(String name, TensorPieces tensor) {
        TensorInfo.Checksum checksum = TensorInfo.Checksum.UNREADABLE;
        String problem = "";
        try {
            tensor.pieces().forEach(piece -> data.requireReadable(name, piece.entry()));
            requireKnownLayout(name, tensor.entry().dataType());
            checksum = TensorInfo.Checksum.CORRUPT;
            tensor.pieces().forEach(piece -> verify(name, piece));
            checksum = TensorInfo.Checksum.OK;
        } catch (CoveyException e) {
            problem = e.getMessage();
        }
        BundleEntry entry = tensor.entry();
        return new TensorInfo(
                name, entry.dataType(), entry.shape(), tensor.shards(), tensor.bytes(), checksum, problem);
    }

    /**
     * Reads everything and verifies it.
     *
     * @throws CorruptCheckpointException for the first tensor that cannot be read or has another checksum
     */
    public void validate() {
        tensors.forEach((name, tensor) -> {
            requireKnownLayout(name, tensor.entry().dataType());
            tensor.pieces().forEach(piece -> verify(name, piece));
        });
    }

    private void requireKnownLayout(String name, DataType dataType) {
        if (dataType == DataType.VARIANT || dataType == DataType.RESOURCE) {
            throw CoveyException.failure(
                    "checkpoint " + prefix + ", tensor " + name + ": dtype " + dataType + " cannot be read");
        }
    }

    private void verify(String name, Piece piece) {
        if (piece.entry().dataType() == DataType.STRING) {
            strings(name, piece.entry());
        } else {
            data.stream(name, piece.entry(), bytes -> {});
        }
    }

    /** Reads a whole float32 tensor of {@code target}'s length. */
    public void readFloats(String name, NativeFloats target) {
        long elements = tensor(name).entry().elements();
        if (elements != target.length()) {
            throw new IllegalArgumentException(
                    "tensor " + name + " has " + elements + " elements, the target has " + target.length());
        }
        readFloats(name, 0, elements, target);
    }

    /**
     * Reads the elements [first, first + count) of a float32 tensor in C order, so rows [r, r + n) of the first axis are the
     * elements [r * rowSize, (r + n) * rowSize). Pieces that hold none of them are not read; of the others the checksum is
     * verified, and the target is undefined after an exception.
     *
     * @param target gets the elements at its front
     */
    public void readFloats(String name, long first, long count, NativeFloats target) {
        TensorPieces tensor = tensor(name);
        requireType(name, tensor, DataType.FLOAT);
        long elements = tensor.entry().elements();
        if (first < 0 || count < 0 || first > elements - count || count > target.length()) {
            throw new IllegalArgumentException("elements [" + first + ", " + (first + count) + ") of tensor " + name
                    + " with " + elements + " elements do not exist or do not fit into a target of " + target.length());
        }
        boolean isNative = index.header().byteOrder() == ByteOrder.nativeOrder();
        for (Piece piece : tensor.pieces()) {
            if (piece.entry().size() > 0) {
                PieceRuns runs = new PieceRuns(piece.slice(), tensor.entry().shape());
                long start = runs.start(0) - first;
                if (isNative && runs.isOne() && start >= 0 && start + runs.length() <= count) {
                    data.readInto(name, piece.entry(), target.slice(start, runs.length()));
                } else if (start < count && first < runs.end()) {
                    data.stream(name, piece.entry(), new Scatter(runs, first, count, target));
                }
            }
        }
    }

    /** Reads an int64 scalar. */
    public long readInt64(String name) {
        TensorPieces tensor = tensor(name);
        requireType(name, tensor, DataType.INT64);
        if (!tensor.entry().shape().isEmpty()) {
            throw CoveyException.caller("checkpoint " + prefix + ": tensor " + name + " has shape "
                    + tensor.entry().shape() + ", a scalar is needed");
        }
        return ByteBuffer.wrap(readBytes(name))
                .order(index.header().byteOrder())
                .getLong();
    }

    /** Reads a string tensor's elements in C order. */
    public List<byte[]> readStrings(String name) {
        TensorPieces tensor = tensor(name);
        requireType(name, tensor, DataType.STRING);
        return strings(name, inOnePiece(name, tensor));
    }

    private List<byte[]> strings(String name, BundleEntry entry) {
        try {
            return StringTensor.decode(data.readUnverified(name, entry), entry.elements(), entry.crc32c());
        } catch (MalformedException e) {
            throw new CorruptCheckpointException(
                    data.path(entry.shardId()), name, entry.offset() + e.offset(), e.getMessage(), e);
        }
    }

    /** The bytes of a fixed-width tensor in one piece, in the bundle's byte order. */
    byte[] readBytes(String name) {
        BundleEntry entry = inOnePiece(name, tensor(name));
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(entry.size()));
        data.stream(name, entry, all::put);
        return all.array();
    }

    private BundleEntry inOnePiece(String name, TensorPieces tensor) {
        if (!tensor.entry().slices().isEmpty()) {
            throw CoveyException.failure("checkpoint " + prefix + ": tensor " + name + " of "
                    + tensor.entry().dataType() + " is stored in slices, only float32 can be read from slices");
        }
        return tensor.entry();
    }

    private TensorPieces tensor(String name) {
        TensorPieces tensor = tensors.get(name);
        if (tensor == null) {
            throw CoveyException.caller("checkpoint " + prefix + " has no tensor " + name);
        }
        return tensor;
    }

    private void requireType(String name, TensorPieces tensor, DataType dataType) {
        if (tensor.entry().dataType() != dataType) {
            throw CoveyException.caller("checkpoint " + prefix + ": tensor " + name + " is "
                    + tensor.entry().dataType() + ", " + dataType + " is needed");
        }
    }

    @Override
    public void close() {
        data.close();
    }

    /** Puts a piece's elements where they belong in the wanted part of the tensor. */
    private final class Scatter implements DataFiles.Sink {
        private final PieceRuns runs;
        private final long first;
        private final long end;
        private final NativeFloats target;
        private long element;

        Scatter(PieceRuns runs, long first, long count, NativeFloats target) {
            this.runs = runs;
            this.first = first;
            this.end = first + count;
            this.target = target;
        }

        @Override
        public void accept(ByteBuffer bytes) {
            FloatBuffer floats = bytes.order(index.header().byteOrder()).asFloatBuffer();
            for (int done = 0; done < floats.capacity(); ) {
                long within = element % runs.length();
                int n = (int) Math.min(floats.capacity() - done, runs.length() - within);
                long from = runs.start(element / runs.length()) + within;
                long clippedFrom = Math.max(from, first);
                int clipped = (int) (Math.min(from + n, end) - clippedFrom);
                if (clipped > 0) {
                    int skipped = (int) (clippedFrom - from);
                    target.buffer(clippedFrom - first, clipped).put(floats.slice(done + skipped, clipped));
                }
                done += n;
                element += n;
            }
        }
    }
}
