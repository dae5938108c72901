package io.covey.trainer.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds little-endian numbers and protobuf messages in memory. */
public final class WireWriter {
    private byte[] bytes = new byte[64];
    private int length;

    public int length() {
        return length;
    }

    private void reserve(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), bytes.length * 2));
        }
    }

    public WireWriter u8(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
        return this;
    }

    public WireWriter varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            u8((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        return u8((int) rest);
    }

    public WireWriter fixed32(int value) {
        reserve(Integer.BYTES);
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[length++] = (byte) (value >>> (8 * i));
        }
        return this;
    }

    public WireWriter fixed64(long value) {
        return fixed32((int) value).fixed32((int) (value >>> Integer.SIZE));
    }

    public WireWriter bytes(byte[] source) {
        return bytes(source, 0, source.length);
    }

    public WireWriter bytes(byte[] source, int from, int count) {
        reserve(count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
        return this;
    }

    /** What {@code other} holds. */
    public WireWriter append(WireWriter other) {
        return bytes(other.bytes, 0, other.length);
    }

    /** An int64, int32 or enum field; proto3 leaves zeros out. */
    public WireWriter varintField(int field, long value) {
        return value == 0 ? this : varint((long) field << 3 | WireReader.VARINT).varint(value);
    }

    /** A fixed32 field; proto3 leaves zeros out. */
    public WireWriter fixed32Field(int field, int value) {
        return value == 0
                ? this
                : varint((long) field << 3 | WireReader.FIXED32).fixed32(value);
    }

    /** A double or fixed64 field; proto3 leaves zeros out. */
    public WireWriter fixed64Field(int field, long value) {
        return value == 0
                ? this
                : varint((long) field << 3 | WireReader.FIXED64).fixed64(value);
    }

    /** A message field, written even if it is empty. */
    public WireWriter messageField(int field, WireWriter message) {
        return varint((long) field << 3 | WireReader.LENGTH_DELIMITED)
                .varint(message.length)
                .append(message);
    }

    /** A string field; proto3 leaves empty ones out. */
    public WireWriter stringField(int field, String value) {
        return value.isEmpty()
                ? this
                : messageField(field, new WireWriter().bytes(value.getBytes(StandardCharsets.UTF_8)));
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    /** Empties the writer and keeps its memory. */
    public void clear() {
        length = 0;
    }
}
