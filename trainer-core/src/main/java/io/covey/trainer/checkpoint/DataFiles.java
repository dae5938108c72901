package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** The data files of a bundle, opened when they are first needed. */
final class DataFiles implements AutoCloseable {
    /** What is read and then checked stays in the second-level cache in between. */
    private static final int PIECE_LENGTH = 1 << 18;

    /** Takes a tensor's bytes in order. */
    interface Sink {
        /** The next bytes, all that remain of the buffer: a multiple of 16 except for the last. */
        void accept(ByteBuffer bytes);
    }

    private record OpenFile(FileStore.Input input, long length) {}

    private final FileStore store;
    private final String prefix;
    private final int shards;
    private final Map<Integer, OpenFile> open = new HashMap<>();
    private ByteBuffer buffer;

    DataFiles(FileStore store, String prefix, int shards) {
        this.store = store;
        this.prefix = prefix;
        this.shards = shards;
    }

    String path(int shard) {
        return BundleFiles.data(prefix, shard, shards);
    }

    /** Makes sure that the file of {@code entry} exists and is long enough. */
    void requireReadable(String tensor, BundleEntry entry) {
        file(tensor, entry);
    }

    private OpenFile file(String tensor, BundleEntry entry) {
        String path = path(entry.shardId());
        OpenFile file = open.get(entry.shardId());
        try {
            if (file == null) {
                if (!store.exists(path)) {
                    throw new CorruptCheckpointException(
                            path, tensor, CorruptCheckpointException.NO_OFFSET, "the data file is missing", null);
                }
                FileStore.Input input = store.open(path);
                file = new OpenFile(input, input.length());
                open.put(entry.shardId(), file);
            }
        } catch (IOException e) {
            throw cannotRead(path, e);
        }
        if (entry.offset() + entry.size() > file.length()) {
            String problem = "the tensor ends at byte " + (entry.offset() + entry.size()) + ", the file at "
                    + file.length() + ": it is truncated";
            throw new CorruptCheckpointException(path, tensor, entry.offset(), problem, null);
        }
        return file;
    }

    /** Reads all bytes of a fixed-width entry and verifies their checksum behind the last. */
    void stream(String tensor, BundleEntry entry, Sink sink) {
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(PIECE_LENGTH);
        }
        readPieces(tensor, entry, (done, length) -> buffer.clear().limit(length), sink);
    }

    /** As {@link #stream}, of floats in the machine's byte order to where they belong, of the same length. */
    void readInto(String tensor, BundleEntry entry, NativeFloats target) {
        readPieces(
                tensor, entry, (done, length) -> target.bytes(done / Float.BYTES, length / Float.BYTES), bytes -> {});
    }

    /** Where the {@code length} bytes behind the first {@code done} are to be read to. */
    private interface Memory {
        ByteBuffer of(long done, int length);
    }

    private void readPieces(String tensor, BundleEntry entry, Memory memory, Sink sink) {
        OpenFile file = file(tensor, entry);
        CRC32C crc = new CRC32C();
        for (long done = 0; done < entry.size(); ) {
            int n = (int) Math.min(PIECE_LENGTH, entry.size() - done);
            ByteBuffer piece = memory.of(done, n);
            read(tensor, entry, file, done, piece.duplicate());
            crc.update(piece.duplicate());
            sink.accept(piece);
            done += n;
        }
        if (MaskedCrc32c.of(crc) != entry.crc32c()) {
            String problem = "checksum mismatch in the tensor's " + entry.size() + " bytes";
            throw new CorruptCheckpointException(path(entry.shardId()), tensor, entry.offset(), problem, null);
        }
    }

    /** The bytes of an entry as they are, without a look at their checksum. */
    byte[] readUnverified(String tensor, BundleEntry entry) {
        OpenFile file = file(tensor, entry);
        if (entry.size() > Integer.MAX_VALUE - Long.BYTES) {
            String problem =
                    "a tensor of " + entry.size() + " bytes is too large to be read as one, the limit is 2 GiB";
            throw new CorruptCheckpointException(path(entry.shardId()), tensor, entry.offset(), problem, null);
        }
        byte[] bytes = new byte[(int) entry.size()];
        read(tensor, entry, file, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private void read(String tensor, BundleEntry entry, OpenFile file, long from, ByteBuffer target) {
        String path = path(entry.shardId());
        try {
            file.input().readFully(entry.offset() + from, target);
        } catch (EOFException e) {
            throw new CorruptCheckpointException(path, tensor, entry.offset() + from, "the file is truncated", e);
        } catch (IOException e) {
            throw cannotRead(path, e);
        }
    }

    private static CoveyException cannotRead(String path, IOException e) {
        return CoveyException.failure("cannot read checkpoint file " + path + ": " + e, e);
    }

    @Override
    public void close() {
        for (Map.Entry<Integer, OpenFile> file : open.entrySet()) {
            try {
                file.getValue().input().close();
            } catch (IOException e) {
                throw cannotRead(path(file.getKey()), e);
            }
        }
        open.clear();
    }
}
