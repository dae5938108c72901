package io.covey.trainer.checkpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** TensorFlow's {@code DataType} (types.proto): number in files, name, and bytes per element. */
public enum DataType {
    FLOAT(1, "float32", 4),
    DOUBLE(2, "float64", 8),
    INT32(3, 4),
    UINT8(4, 1),
    INT16(5, 2),
    INT8(6, 1),
    STRING(7, 0),
    COMPLEX64(8, 8),
    INT64(9, 8),
    BOOL(10, 1),
    QINT8(11, 1),
    QUINT8(12, 1),
    QINT32(13, 4),
    BFLOAT16(14, 2),
    QINT16(15, 2),
    QUINT16(16, 2),
    UINT16(17, 2),
    COMPLEX128(18, 16),
    HALF(19, "float16", 2),
    RESOURCE(20, 0),
    VARIANT(21, 0),
    UINT32(22, 4),
    UINT64(23, 8),
    FLOAT8_E5M2(24, 1),
    FLOAT8_E4M3FN(25, 1),
    FLOAT8_E4M3FNUZ(26, 1),
    FLOAT8_E4M3B11FNUZ(27, 1),
    FLOAT8_E5M2FNUZ(28, 1),
    INT4(29, 1),
    UINT4(30, 1),
    INT2(31, 1),
    UINT2(32, 1),
    FLOAT4_E2M1FN(33, 1);

    private static final Map<Integer, DataType> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(type -> type.number, Function.identity()));

    private final int number;
    private final String label;
    private final int width;

    DataType(int number, int width) {
        this.number = number;
        this.label = name().toLowerCase(Locale.ROOT);
        this.width = width;
    }

    DataType(int number, String label, int width) {
        this.number = number;
        this.label = label;
        this.width = width;
    }

    /** The type with this number in a file, or null. */
    static DataType ofNumber(long number) {
        return number < 0 || number > Integer.MAX_VALUE ? null : BY_NUMBER.get((int) number);
    }

    int number() {
        return number;
    }

    /** Bytes per element in a data file, 0 if that depends on the element. */
    public int width() {
        return width;
    }

    /** TensorFlow's name, for example {@code float32}. */
    public String label() {
        return label;
    }

    @Override
    public String toString() {
        return label;
    }
}
