package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The content of a bundle's index file.
 *
 * @param header number of shards and byte order
 * @param entries by key: a tensor's name, or {@link OrderedCode#sliceKey} for a piece of a sliced one
 */
record BundleIndex(BundleHeader header, NavigableMap<byte[], BundleEntry> entries) {
    private static final byte[] HEADER_KEY = {};

    /** Keys of pieces start with this byte, names of tensors do not. */
    private static final byte SLICE_MARK = 0;

    static NavigableMap<byte[], BundleEntry> newEntries() {
        return new TreeMap<>(Arrays::compareUnsigned);
    }

    static byte[] key(String tensor) {
        return tensor.getBytes(StandardCharsets.UTF_8);
    }

    static String name(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }

    static boolean isSlice(byte[] key) {
        return key[0] == SLICE_MARK;
    }

    /** Writes the index to {@code path}, durably; nobody should look for it there before this returns. */
    void write(FileStore store, String path) throws IOException {
        try (FileStore.Output out = store.create(path)) {
            TableWriter table = new TableWriter(out);
            table.add(HEADER_KEY, header.encode());
            for (Map.Entry<byte[], BundleEntry> entry : entries.entrySet()) {
                table.add(entry.getKey(), entry.getValue().encode());
            }
            table.finish();
            out.sync();
        }
    }

    /**
     * Reads and verifies the index of the bundle {@code prefix}.
     *
     * @throws CoveyException a caller's error when there is no such bundle
     * @throws CorruptCheckpointException when the file is broken
     */
    static BundleIndex read(FileStore store, String prefix) {
        String path = BundleFiles.index(prefix);
        byte[] table;
        try {
            if (!store.exists(path)) {
                throw CoveyException.caller("there is no checkpoint " + prefix + ": " + path
                        + " does not exist. A checkpoint is named by its prefix, without .index or .data-...");
            }
            table = readAll(store, path);
        } catch (IOException e) {
            throw CoveyException.failure("cannot read " + path + ": " + e, e);
        }
        try {
            return decode(path, table);
        } catch (MalformedException e) {
            throw new CorruptCheckpointException(path, "", e.offset(), e.getMessage(), e);
        }
    }

    private static byte[] readAll(FileStore store, String path) throws IOException {
        try (FileStore.Input in = store.open(path)) {
            if (in.length() > Integer.MAX_VALUE - Long.BYTES) {
                throw new IOException("an index of " + in.length() + " bytes is too large, the limit is 2 GiB");
            }
            byte[] bytes = new byte[(int) in.length()];
            in.readFully(0, bytes, 0, bytes.length);
            return bytes;
        }
    }

    private static BundleIndex decode(String path, byte[] table) throws MalformedException {
        NavigableMap<byte[], WireReader> values = TableReader.read(table);
        WireReader headerValue = values.remove(HEADER_KEY);
        if (headerValue == null) {
            throw new MalformedException(0, "the index has no header");
        }
        BundleHeader header = BundleHeader.decode(headerValue);
        NavigableMap<byte[], BundleEntry> entries = newEntries();
        for (Map.Entry<byte[], WireReader> value : values.entrySet()) {
            entries.put(value.getKey(), decodeEntry(path, value.getKey(), value.getValue(), header.shards()));
        }
        return new BundleIndex(header, entries);
    }

    private static BundleEntry decodeEntry(String path, byte[] key, WireReader value, int shards)
            throws MalformedException {
        // Slice keys hold binary numbers and have no name to show.
        String name = isSlice(key) ? "" : new WireReader(key).utf8();
        try {
            return BundleEntry.decode(value, shards);
        } catch (MalformedException e) {
            throw new CorruptCheckpointException(path, name, e.offset(), e.getMessage(), e);
        }
    }
}
