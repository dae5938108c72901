package io.covey.trainer.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads little-endian numbers and protobuf fields from a range of a file's bytes. Never reads outside the range: what does
 * not fit is a {@link MalformedException} with the offset in the file.
 */
final class WireReader {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH_DELIMITED = 2;
    static final int FIXED32 = 5;

    private static final int MAX_FIELD = (1 << 29) - 1;

    private final byte[] bytes;
    private final int end;
    private int position;
    private int wireType;

    /** A reader of the bytes [from, to). */
    WireReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.position = from;
        this.end = to;
    }

    WireReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    int position() {
        return position;
    }

    int remaining() {
        return end - position;
    }

    /** A second reader of what remains. */
    WireReader duplicate() {
        return new WireReader(bytes, position, end);
    }

    MalformedException malformed(String message) {
        return new MalformedException(position, message);
    }

    private void require(long length, String what) throws MalformedException {
        if (length > remaining()) {
            throw malformed(what + " needs " + length + " bytes, " + remaining() + " are left");
        }
    }

    /** LEB128, at most 64 bits in 10 bytes. */
    long varint() throws MalformedException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            require(1, "a varint");
            byte b = bytes[position++];
            if (shift == 63 && (b & 0xFE) != 0) {
                break;
            }
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw malformed("a varint is longer than 64 bits");
    }

    /** A varint that says how many bytes follow, or how many a key has: in [0, 2^31). */
    int length() throws MalformedException {
        long length = varint();
        if (length < 0 || length > Integer.MAX_VALUE) {
            throw malformed("length " + Long.toUnsignedString(length) + " is out of range");
        }
        return (int) length;
    }

    int fixed32() throws MalformedException {
        require(Integer.BYTES, "a 32-bit number");
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value |= (bytes[position++] & 0xFF) << (8 * i);
        }
        return value;
    }

    long fixed64() throws MalformedException {
        long low = Integer.toUnsignedLong(fixed32());
        return low | (long) fixed32() << Integer.SIZE;
    }

    byte[] bytes(int length) throws MalformedException {
        require(length, "a value");
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    /** The next {@code length} bytes as a reader of their own. */
    WireReader range(int length) throws MalformedException {
        require(length, "a value");
        position += length;
        return new WireReader(bytes, position - length, position);
    }

    /** The field number of the next protobuf field, or 0 at the end; read its value or skip it next. */
    int field() throws MalformedException {
        if (remaining() == 0) {
            return 0;
        }
        int tagPosition = position;
        long tag = varint();
        wireType = (int) (tag & 7);
        long field = tag >>> 3;
        if (field < 1 || field > MAX_FIELD) {
            throw new MalformedException(tagPosition, "protobuf field number " + Long.toUnsignedString(field));
        }
        return (int) field;
    }

    private void expect(int expected) throws MalformedException {
        if (wireType != expected) {
            throw malformed("a protobuf field has wire type " + wireType + " instead of " + expected);
        }
    }

    /** Value of an int64, int32 or enum field. */
    long varintField() throws MalformedException {
        expect(VARINT);
        return varint();
    }

    int fixed32Field() throws MalformedException {
        expect(FIXED32);
        return fixed32();
    }

    WireReader messageField() throws MalformedException {
        expect(LENGTH_DELIMITED);
        return range(length());
    }

    /** Whether the field just met is a message, a string or a packed list. */
    boolean isLengthDelimited() {
        return wireType == LENGTH_DELIMITED;
    }

    /** Passes over the field just met, as protobuf does with fields that it does not know. */
    void skipField() throws MalformedException {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED64 -> fixed64();
            case LENGTH_DELIMITED -> range(length());
            case FIXED32 -> fixed32();
            default -> throw malformed("protobuf wire type " + wireType);
        }
    }

    /** All that remains as UTF-8. */
    String utf8() throws MalformedException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, position, remaining()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("a name is not UTF-8");
        }
    }
}
