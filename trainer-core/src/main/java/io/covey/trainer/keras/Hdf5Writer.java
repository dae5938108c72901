package io.covey.trainer.keras;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileProblem;
import io.covey.trainer.memory.NativeFloats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes an HDF5 file from front to end: arrays as they come, at the end the groups that hold them. jHDF, which reads such files,
 * does not write texts of more than 64 KiB, as models' configurations are. The same content gives the same bytes. Not thread-safe.
 */
final class Hdf5Writer implements AutoCloseable {
    private static final String SIGNATURE = "894844460d0a1a0a";
    private static final int SUPERBLOCK_BYTES = 48;
    private static final int HEAP_HEADER_BYTES = 16;
    private static final int HEAP_BYTES_MIN = 4096;
    private static final int PIECE_FLOATS = 1 << 24;

    private final FileChannel channel;
    private final Group root = new Group();
    private long position = SUPERBLOCK_BYTES;

    /** Members by name: the headers of arrays by their addresses, and groups. */
    private static final class Group {
        private final Map<String, Long> arrays = new TreeMap<>();
        private final Map<String, Group> groups = new TreeMap<>();
        private final List<Hdf5Message> attributes = new ArrayList<>();

        Group find(String path) {
            Group group = this;
            for (String name : path.split("/", -1)) {
                group = name.isEmpty() ? group : group.groups.computeIfAbsent(name, none -> new Group());
            }
            return group;
        }
    }

    /** @param path of a file that is overwritten */
    Hdf5Writer(Path path) {
        try {
            channel = FileChannel.open(
                    path, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static CoveyException failure(IOException e) {
        return CoveyException.failure(
                "cannot write to the folder of temporary files, " + System.getProperty("java.io.tmpdir") + ": "
                        + FileProblem.of(e),
                e);
    }

    /**
     * Writes an array of floats.
     *
     * @param path its groups and name; groups are made where there are none
     * @param shape empty for a single number
     * @param values that the array begins at {@code offset} of
     */
    void floats(String path, List<Integer> shape, NativeFloats values, long offset) {
        long size = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        long address = position;
        for (long from = 0; from < size; from += PIECE_FLOATS) {
            int length = (int) Math.min(PIECE_FLOATS, size - from);
            append(values.littleEndianBytes(offset + from, length));
        }
        array(path, Hdf5Message.Type.FLOAT32, shape, address);
    }

    /** Writes a single float. */
    void number(String path, float value) {
        long address = append(Hdf5Message.bytes(Float.BYTES).putFloat(value).flip());
        array(path, Hdf5Message.Type.FLOAT32, List.of(), address);
    }

    /** Writes a whole number. */
    void integer(String path, long value) {
        long address = append(Hdf5Message.bytes(Long.BYTES).putLong(value).flip());
        array(path, Hdf5Message.Type.INT64, List.of(), address);
    }

    private void array(String path, Hdf5Message.Type type, List<Integer> shape, long address) {
        List<Hdf5Message> messages = Hdf5Message.array(type, shape, address, position - address);
        int slash = path.lastIndexOf('/');
        Group group = root.find(path.substring(0, Math.max(0, slash)));
        group.arrays.put(path.substring(slash + 1), append(Hdf5Message.header(messages)));
    }

    /** Gives a group, which is made if there is none, a text of any length as an attribute. */
    void text(String group, String attribute, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer reference = Hdf5Message.bytes(Hdf5Message.TEXT_REFERENCE_BYTES)
                .putInt(bytes.length)
                .putLong(appendHeap(bytes))
                .putInt(1)
                .flip();
        root.find(group).attributes.add(Hdf5Message.attribute(attribute, Hdf5Message.Type.TEXT, List.of(), reference));
    }

    /** A heap with one object. Its size is in its header, and in that of the free space behind the object. */
    private long appendHeap(byte[] object) {
        int padded = (object.length + 7) & -8;
        int size = Math.max(HEAP_BYTES_MIN, 3 * HEAP_HEADER_BYTES + padded);
        ByteBuffer heap = Hdf5Message.bytes(size)
                .put("GCOL".getBytes(StandardCharsets.US_ASCII))
                .putInt(1)
                .putLong(size)
                .putShort((short) 1)
                .putShort((short) 1)
                .putInt(0)
                .putLong(object.length)
                .put(object);
        int free = 2 * HEAP_HEADER_BYTES + padded;
        heap.putLong(free + Long.BYTES, size - free);
        return append(heap.clear());
    }

    /**
     * Gives a group, which is made if there is none, texts as an attribute, cut into numbered ones as Keras cuts them if they are
     * too long for one.
     */
    void texts(String group, String attribute, List<String> texts) {
        List<byte[]> all = texts.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
        int width = Math.max(1, all.stream().mapToInt(text -> text.length).max().orElse(1));
        int most = Math.max(1, Hdf5Message.VALUE_BYTES_MAX / width);
        List<Hdf5Message> attributes = root.find(group).attributes;
        for (int from = 0; from == 0 || from < all.size(); from += most) {
            List<byte[]> part = all.subList(from, Math.min(all.size(), from + most));
            ByteBuffer value = Hdf5Message.bytes(part.size() * width);
            for (int i = 0; i < part.size(); i++) {
                value.put(i * width, part.get(i));
            }
            attributes.add(Hdf5Message.attribute(
                    all.size() <= most ? attribute : attribute + from / most,
                    Hdf5Message.Type.texts(width),
                    List.of(part.size()),
                    value));
        }
    }

    private long append(ByteBuffer bytes) {
        long address = position;
        position += bytes.remaining();
        write(bytes, address);
        return address;
    }

    private void write(ByteBuffer bytes, long address) {
        try {
            for (long at = address; bytes.hasRemaining(); ) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Members first, so that their addresses are known. */
    private long append(Group group) {
        List<Hdf5Message> messages = new ArrayList<>(Hdf5Message.group());
        group.groups.forEach((name, inner) -> messages.add(Hdf5Message.link(name, append(inner))));
        group.arrays.forEach((name, address) -> messages.add(Hdf5Message.link(name, address)));
        messages.addAll(group.attributes);
        return append(Hdf5Message.header(messages));
    }

    /** Writes the groups: only now the file is HDF5. */
    @Override
    public void close() {
        try (channel) {
            long rootAddress = append(root);
            ByteBuffer superblock = Hdf5Message.bytes(SUPERBLOCK_BYTES)
                    .put(HexFormat.of().parseHex(SIGNATURE))
                    .put(new byte[] {2, Long.BYTES, Long.BYTES, 0})
                    .putLong(0)
                    .putLong(Hdf5Message.NO_ADDRESS)
                    .putLong(position)
                    .putLong(rootAddress);
            write(Hdf5Message.withChecksum(superblock), 0);
        } catch (IOException e) {
            throw failure(e);
        }
    }
}
