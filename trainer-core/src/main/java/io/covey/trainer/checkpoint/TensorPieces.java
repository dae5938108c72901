package io.covey.trainer.checkpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;

/**
 * A tensor and the pieces that it is stored in: one, or for a sliced tensor several that are disjoint and cover it.
 *
 * @param entry of the tensor's name
 * @param pieces at least one
 */
record TensorPieces(BundleEntry entry, List<Piece> pieces) {
    /**
     * Some of a tensor's elements.
     *
     * @param slice which
     * @param entry where their bytes are
     */
    record Piece(TensorSlice slice, BundleEntry entry) {}

    /**
     * Finds the pieces of tensor {@code name} among a bundle's entries.
     *
     * @return the pieces
     * @throws MalformedException without a meaningful offset when they do not make up the tensor
     */
    static TensorPieces of(String name, BundleEntry entry, NavigableMap<byte[], BundleEntry> entries)
            throws MalformedException {
        if (entry.slices().isEmpty()) {
            TensorSlice all = TensorSlice.all(entry.shape().size());
            return new TensorPieces(entry, List.of(new Piece(all, entry)));
        }
        List<Piece> pieces = new ArrayList<>();
        long elements = 0;
        for (TensorSlice slice : entry.slices()) {
            BundleEntry piece = entries.get(OrderedCode.sliceKey(name, slice));
            if (piece == null) {
                throw malformed("the entry of slice " + slice.extents() + " is missing");
            }
            if (piece.dataType() != entry.dataType()
                    || !piece.slices().isEmpty()
                    || !piece.shape().equals(slice.pieceShape(entry.shape()))) {
                throw malformed("the entry of slice " + slice.extents() + " has dtype " + piece.dataType()
                        + " and shape " + piece.shape() + ", the tensor has " + entry.dataType() + " " + entry.shape());
            }
            pieces.add(new Piece(slice, piece));
            elements += piece.elements();
            if (elements < 0 || elements > entry.elements()) {
                throw malformed("the slices hold more elements than shape " + entry.shape());
            }
        }
        if (elements != entry.elements()) {
            throw malformed("the slices hold " + elements + " of " + entry.elements() + " elements");
        }
        requireDisjoint(pieces, entry.shape());
        return new TensorPieces(entry, List.copyOf(pieces));
    }

    private static void requireDisjoint(List<Piece> pieces, List<Long> shape) throws MalformedException {
        List<Piece> sorted = new ArrayList<>(pieces);
        sorted.sort(Comparator.comparingLong(piece -> firstRow(piece.slice())));
        for (int i = 0; i < sorted.size(); i++) {
            TensorSlice a = sorted.get(i).slice();
            long end = firstRow(a) + a.extents().get(0).lengthOf(shape.get(0));
            for (int k = i + 1; k < sorted.size() && firstRow(sorted.get(k).slice()) < end; k++) {
                TensorSlice b = sorted.get(k).slice();
                if (a.overlaps(b, shape)) {
                    throw malformed("slices " + a.extents() + " and " + b.extents() + " overlap");
                }
            }
        }
    }

    private static long firstRow(TensorSlice slice) {
        return slice.extents().get(0).start();
    }

    private static MalformedException malformed(String message) {
        return new MalformedException(CorruptCheckpointException.NO_OFFSET, message);
    }

    /** Numbers of the data files that hold the pieces, ascending. */
    List<Integer> shards() {
        return pieces.stream()
                .map(piece -> piece.entry().shardId())
                .distinct()
                .sorted()
                .toList();
    }

    /** Bytes of all pieces. */
    long bytes() {
        return pieces.stream().mapToLong(piece -> piece.entry().size()).sum();
    }
}
