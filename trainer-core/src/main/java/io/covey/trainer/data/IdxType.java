package io.covey.trainer.data;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** What the numbers of an IDX file are. More than a byte is big-endian. */
public enum IdxType {
    UNSIGNED_BYTE(0x08, Byte.BYTES),
    BYTE(0x09, Byte.BYTES),
    SHORT(0x0b, Short.BYTES),
    INT(0x0c, Integer.BYTES),
    FLOAT(0x0d, Float.BYTES),
    DOUBLE(0x0e, Double.BYTES);

    private final int code;
    private final int bytes;

    IdxType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The type of this code, the third byte of a file. */
    static Optional<IdxType> of(byte code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }

    /** Bytes of one number. */
    int bytes() {
        return bytes;
    }

    /** The number at {@code offset}, rounded to float32. */
    float get(ByteBuffer bigEndian, int offset) {
        return switch (this) {
            case UNSIGNED_BYTE -> bigEndian.get(offset) & 0xff;
            case BYTE -> bigEndian.get(offset);
            case SHORT -> bigEndian.getShort(offset);
            case INT -> bigEndian.getInt(offset);
            case FLOAT -> bigEndian.getFloat(offset);
            case DOUBLE -> (float) bigEndian.getDouble(offset);
        };
    }
}
