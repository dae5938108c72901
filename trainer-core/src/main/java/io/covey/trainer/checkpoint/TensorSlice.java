package io.covey.trainer.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A box within a tensor, one extent per axis (TensorFlow's {@code TensorSliceProto}).
 *
 * @param extents one per axis
 */
record TensorSlice(List<Extent> extents) {
    /**
     * Part of an axis.
     *
     * @param start first index
     * @param length number of indices, or -1 for all of the axis
     */
    record Extent(long start, long length) {
        private static final long ALL_OF_IT = -1;

        static final Extent ALL = new Extent(0, ALL_OF_IT);

        boolean isAll() {
            return length == ALL_OF_IT;
        }

        long lengthOf(long axis) {
            return isAll() ? axis : length;
        }
    }

    private static final int EXTENT = 1;
    private static final int START = 1;
    private static final int LENGTH = 2;

    TensorSlice {
        extents = List.copyOf(extents);
    }

    /** Rows [first, first + count) of the first axis and all of the other axes. */
    static TensorSlice rows(int rank, long first, long count) {
        List<Extent> extents = new ArrayList<>(Collections.nCopies(rank, Extent.ALL));
        extents.set(0, new Extent(first, count));
        return new TensorSlice(extents);
    }

    /** The box that is a whole tensor. */
    static TensorSlice all(int rank) {
        return new TensorSlice(Collections.nCopies(rank, Extent.ALL));
    }

    /** Shape of the piece that this slice cuts out of a tensor; the slice must lie within it. */
    List<Long> pieceShape(List<Long> shape) {
        List<Long> piece = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            piece.add(extents.get(i).lengthOf(shape.get(i)));
        }
        return piece;
    }

    /** Whether every index of this slice exists in a tensor of {@code shape}. */
    boolean liesWithin(List<Long> shape) {
        if (extents.size() != shape.size()) {
            return false;
        }
        for (int i = 0; i < shape.size(); i++) {
            Extent extent = extents.get(i);
            if (!extent.isAll() && extent.start() > shape.get(i) - extent.length()) {
                return false;
            }
        }
        return true;
    }

    /** Whether this slice and {@code other} of a tensor of {@code shape} have an element in common. */
    boolean overlaps(TensorSlice other, List<Long> shape) {
        for (int i = 0; i < shape.size(); i++) {
            Extent a = extents.get(i);
            Extent b = other.extents.get(i);
            if (a.start() >= b.start() + b.lengthOf(shape.get(i))
                    || b.start() >= a.start() + a.lengthOf(shape.get(i))) {
                return false;
            }
        }
        return true;
    }

    WireWriter encode() {
        WireWriter message = new WireWriter();
        for (Extent extent : extents) {
            WireWriter field = new WireWriter();
            if (!extent.isAll()) {
                field.varintField(START, extent.start()).varintField(LENGTH, extent.length());
            }
            message.messageField(EXTENT, field);
        }
        return message;
    }

    static TensorSlice decode(WireReader message) throws MalformedException {
        List<Extent> extents = new ArrayList<>();
        for (int field = message.field(); field != 0; field = message.field()) {
            if (field == EXTENT) {
                extents.add(decodeExtent(message.messageField()));
            } else {
                message.skipField();
            }
        }
        return new TensorSlice(extents);
    }

    private static Extent decodeExtent(WireReader message) throws MalformedException {
        long start = 0;
        long length = Extent.ALL_OF_IT;
        for (int field = message.field(); field != 0; field = message.field()) {
            switch (field) {
                case START -> start = message.varintField();
                case LENGTH -> {
                    length = message.varintField();
                    if (length < 1) {
                        throw message.malformed("a slice has length " + length);
                    }
                }
                default -> message.skipField();
            }
        }
        if (start < 0 || (length == Extent.ALL_OF_IT && start != 0)) {
            throw message.malformed("a slice starts at " + start + " with length " + length);
        }
        return new Extent(start, length);
    }
}
