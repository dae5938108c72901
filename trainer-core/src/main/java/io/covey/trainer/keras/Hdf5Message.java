package io.covey.trainer.keras;

import io.jhdf.checksum.ChecksumUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A message of an HDF5 object's header: what an array or a group is, and where its content lies. As in the specification of the
 * file format, version 3.0, for files of HDF5 1.8 and later.
 *
 * @param type number of the kind of message
 * @param body without its header
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Hdf5Message(int type, byte[] body) {
    /** Stands for an address where there is nothing. */
    static final long NO_ADDRESS = -1;

    /** The longest value of an attribute that Keras keeps in an object's header: a message has at most 64 KiB. */
    static final int VALUE_BYTES_MAX = 64_512;

    /** Length of a text, address of its heap, and its number there. */
    static final int TEXT_REFERENCE_BYTES = 16;

    private static final int DATA_SPACE = 1;
    private static final int LINK_INFO = 2;
    private static final int DATA_TYPE = 3;
    private static final int FILL_VALUE = 5;
    private static final int LINK = 6;
    private static final int LAYOUT = 8;
    private static final int GROUP_INFO = 10;
    private static final int ATTRIBUTE = 12;
    private static final int ATTRIBUTE_INFO = 21;

    private static final int MESSAGE_HEADER_BYTES = 4;
    private static final int OBJECT_HEADER_BYTES = 10;
    private static final byte FOUR_BYTES_OF_SIZE = 2;
    private static final byte TWO_BYTES_OF_LENGTH = 1;
    private static final byte WITH_CHARSET = 0x10;
    private static final byte UTF_8 = 1;

    /** Type of the elements of an array or attribute, as the format encodes it. */
    @SuppressWarnings("ArrayRecordComponent")
    record Type(byte[] encoded) {
        static final Type FLOAT32 = new Type(bytes(20)
                .put(new byte[] {0x11, 0x20, 31, 0})
                .putInt(Float.BYTES)
                .put(new byte[] {0, 0, 32, 0, 23, 8, 0, 23})
                .putInt(127)
                .array());
        static final Type INT64 = new Type(bytes(12)
                .put(new byte[] {0x10, 8, 0, 0})
                .putInt(Long.BYTES)
                .put(new byte[] {0, 0, 64, 0})
                .array());

        /** A text of any length, in a heap. */
        static final Type TEXT = new Type(bytes(20)
                .put(new byte[] {0x19, 1, UTF_8, 0})
                .putInt(TEXT_REFERENCE_BYTES)
                .put(new byte[] {0x10, 0, 0, 0})
                .putInt(1)
                .put(new byte[] {0, 0, 8, 0})
                .array());

        /** Texts of {@code length} bytes, shorter ones filled up with zeros. */
        static Type texts(int length) {
            return new Type(bytes(8).put(new byte[] {0x13, UTF_8 << 4 | 1, 0, 0})
                    .putInt(length)
                    .array());
        }
    }

    static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The header of an array whose elements lie at {@code address}. */
    static List<Hdf5Message> array(Type type, List<Integer> shape, long address, long sizeBytes) {
        return List.of(
                new Hdf5Message(DATA_SPACE, space(shape)),
                new Hdf5Message(DATA_TYPE, type.encoded()),
                // Allocated late, written if set, and not set.
                new Hdf5Message(FILL_VALUE, new byte[] {3, 10}),
                new Hdf5Message(
                        LAYOUT,
                        bytes(18)
                                .put((byte) 3)
                                .put((byte) 1)
                                .putLong(address)
                                .putLong(sizeBytes)
                                .array()));
    }

    /** What the header of a group begins with; its links and attributes follow. */
    static List<Hdf5Message> group() {
        byte[] nowhere = bytes(18)
                .putShort((short) 0)
                .putLong(NO_ADDRESS)
                .putLong(NO_ADDRESS)
                .array();
        return List.of(
                new Hdf5Message(LINK_INFO, nowhere),
                new Hdf5Message(GROUP_INFO, new byte[2]),
                new Hdf5Message(ATTRIBUTE_INFO, nowhere));
    }

    /** A group's link to the header of a member. */
    static Hdf5Message link(String name, long address) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        return new Hdf5Message(
                LINK,
                bytes(13 + text.length)
                        .put(new byte[] {1, TWO_BYTES_OF_LENGTH | WITH_CHARSET, UTF_8})
                        .putShort((short) text.length)
                        .put(text)
                        .putLong(address)
                        .array());
    }

    /** An attribute with its value, at most {@link #VALUE_BYTES_MAX} bytes. */
    static Hdf5Message attribute(String name, Type type, List<Integer> shape, ByteBuffer value) {
        byte[] text = (name + '\0').getBytes(StandardCharsets.UTF_8);
        byte[] space = space(shape);
        return new Hdf5Message(
                ATTRIBUTE,
                bytes(9 + text.length + type.encoded().length + space.length + value.remaining())
                        .put(new byte[] {3, 0})
                        .putShort((short) text.length)
                        .putShort((short) type.encoded().length)
                        .putShort((short) space.length)
                        .put(UTF_8)
                        .put(text)
                        .put(type.encoded())
                        .put(space)
                        .put(value)
                        .array());
    }

    private static byte[] space(List<Integer> shape) {
        ByteBuffer space = bytes(4 + shape.size() * Long.BYTES)
                .put(new byte[] {2, (byte) shape.size(), 0, (byte) (shape.isEmpty() ? 0 : 1)});
        shape.forEach(space::putLong);
        return content(space);
    }

    /** An object's header. */
    static ByteBuffer header(List<Hdf5Message> messages) {
        int size = messages.stream()
                .mapToInt(message -> MESSAGE_HEADER_BYTES + message.body().length)
                .sum();
        ByteBuffer header = bytes(OBJECT_HEADER_BYTES + size + Integer.BYTES)
                .put("OHDR".getBytes(StandardCharsets.US_ASCII))
                .put(new byte[] {2, FOUR_BYTES_OF_SIZE})
                .putInt(size);
        for (Hdf5Message message : messages) {
            header.put((byte) message.type())
                    .putShort((short) message.body().length)
                    .put((byte) 0)
                    .put(message.body());
        }
        return withChecksum(header);
    }

    /** Fills the last four bytes. */
    static ByteBuffer withChecksum(ByteBuffer bytes) {
        return bytes.putInt(ChecksumUtils.checksum(content(bytes))).flip();
    }

    private static byte[] content(ByteBuffer bytes) {
        byte[] content = new byte[bytes.position()];
        bytes.get(0, content);
        return content;
    }
}
