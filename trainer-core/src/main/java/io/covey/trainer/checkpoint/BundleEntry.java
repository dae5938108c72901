package io.covey.trainer.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a tensor, or a piece of one, lies (TensorFlow's {@code BundleEntryProto}).
 *
 * @param dataType type of the elements
 * @param shape of the tensor, or of the piece in a slice's entry
 * @param shardId number of the data file
 * @param offset first byte in the data file
 * @param size number of bytes
 * @param crc32c masked checksum
 * @param slices the pieces of a sliced tensor, whose entry has no bytes of its own; else empty
 */
record BundleEntry(
        DataType dataType,
        List<Long> shape,
        int shardId,
        long offset,
        long size,
        int crc32c,
        List<TensorSlice> slices) {
    private static final int DTYPE = 1;
    private static final int SHAPE = 2;
    private static final int SHARD_ID = 3;
    private static final int OFFSET = 4;
    private static final int SIZE = 5;
    private static final int CRC32C = 6;
    private static final int SLICES = 7;
    /** TensorShapeProto. */
    private static final int DIM = 2;

    private static final int UNKNOWN_RANK = 3;
    private static final int DIM_SIZE = 1;

    BundleEntry {
        shape = List.copyOf(shape);
        slices = List.copyOf(slices);
    }

    /** The entry of a tensor whose pieces have entries of their own. */
    static BundleEntry sliced(DataType dataType, List<Long> shape, int shardId, List<TensorSlice> slices) {
        return new BundleEntry(dataType, shape, shardId, 0, 0, 0, slices);
    }

    BundleEntry withShardId(int newShardId) {
        return new BundleEntry(dataType, shape, newShardId, offset, size, crc32c, slices);
    }

    BundleEntry withSlices(List<TensorSlice> newSlices) {
        return new BundleEntry(dataType, shape, shardId, offset, size, crc32c, newSlices);
    }

    /** Number of elements; {@link #decode} and the writer have made sure that it fits. */
    long elements() {
        return elements(shape);
    }

    /**
     * Number of elements of a shape.
     *
     * @throws ArithmeticException when it does not fit into a long
     */
    static long elements(List<Long> shape) {
        // A zero anywhere makes the tensor empty, however large the other axes are.
        return shape.contains(0L) ? 0 : shape.stream().reduce(1L, Math::multiplyExact);
    }

    byte[] encode() {
        WireWriter shapeMessage = new WireWriter();
        for (long dim : shape) {
            shapeMessage.messageField(DIM, new WireWriter().varintField(DIM_SIZE, dim));
        }
        WireWriter message = new WireWriter()
                .varintField(DTYPE, dataType.number())
                .messageField(SHAPE, shapeMessage)
                .varintField(SHARD_ID, shardId)
                .varintField(OFFSET, offset)
                .varintField(SIZE, size)
                .fixed32Field(CRC32C, crc32c);
        slices.forEach(slice -> message.messageField(SLICES, slice.encode()));
        return message.toByteArray();
    }

    /** Reads and checks all that can be checked without the data file. */
    static BundleEntry decode(WireReader message, int shards) throws MalformedException {
        DataType dataType = null;
        List<Long> shape = List.of();
        long shardId = 0;
        long offset = 0;
        long size = 0;
        int crc = 0;
        List<TensorSlice> slices = new ArrayList<>();
        for (int field = message.field(); field != 0; field = message.field()) {
            switch (field) {
                case DTYPE -> dataType = decodeType(message);
                case SHAPE -> shape = decodeShape(message.messageField());
                case SHARD_ID -> shardId = message.varintField();
                case OFFSET -> offset = message.varintField();
                case SIZE -> size = message.varintField();
                case CRC32C -> crc = message.fixed32Field();
                case SLICES -> slices.add(TensorSlice.decode(message.messageField()));
                default -> message.skipField();
            }
        }
        if (dataType == null) {
            throw message.malformed("the entry has no dtype");
        }
        if (shardId < 0 || shardId >= shards) {
            throw message.malformed("the entry is in shard " + shardId + " of " + shards);
        }
        if (offset < 0 || size < 0 || offset > Long.MAX_VALUE - size) {
            throw message.malformed("the entry has offset " + offset + " and size " + size);
        }
        BundleEntry entry = new BundleEntry(dataType, shape, (int) shardId, offset, size, crc, slices);
        entry.checkSize(message);
        return entry;
    }

    private static DataType decodeType(WireReader message) throws MalformedException {
        long number = message.varintField();
        DataType dataType = DataType.ofNumber(number);
        if (dataType == null) {
            throw message.malformed("dtype " + number + " is not known");
        }
        return dataType;
    }

    private static List<Long> decodeShape(WireReader message) throws MalformedException {
        List<Long> shape = new ArrayList<>();
        for (int field = message.field(); field != 0; field = message.field()) {
            switch (field) {
                case DIM -> shape.add(decodeDim(message.messageField()));
                case UNKNOWN_RANK -> {
                    if (message.varintField() != 0) {
                        throw message.malformed("the shape has no rank");
                    }
                }
                default -> message.skipField();
            }
        }
        return shape;
    }

    private static long decodeDim(WireReader message) throws MalformedException {
        long size = 0;
        for (int field = message.field(); field != 0; field = message.field()) {
            if (field == DIM_SIZE) {
                size = message.varintField();
            } else {
                message.skipField();
            }
        }
        if (size < 0) {
            throw message.malformed("an axis has size " + size);
        }
        return size;
    }

    private void checkSize(WireReader message) throws MalformedException {
        long elements;
        long expected;
        try {
            elements = elements(shape);
            expected = Math.multiplyExact(elements, Math.max(1, dataType.width()));
        } catch (ArithmeticException e) {
            throw message.malformed("shape " + shape + " has more elements than 2^63");
        }
        if (!slices.isEmpty()) {
            for (TensorSlice slice : slices) {
                if (!slice.liesWithin(shape)) {
                    throw message.malformed("slice " + slice.extents() + " does not lie within shape " + shape);
                }
            }
        } else if (dataType.width() > 0 && size != expected) {
            throw message.malformed(
                    "shape " + shape + " of " + dataType + " takes " + expected + " bytes, the entry has " + size);
        } else if (dataType == DataType.STRING && size < elements) {
            throw message.malformed("shape " + shape + " of strings does not fit into " + size + " bytes");
        }
    }
}
