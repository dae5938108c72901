package io.covey.trainer.model;

import io.covey.trainer.memory.ExactSum;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Where each trainable variable lies in the flat float32 vector, in Keras' order and layouts. Variables start at multiples
 * of {@link #ALIGNMENT_FLOATS}; the gaps between them hold zeros. Immutable.
 *
 * @param parameters in order of their offsets
 * @param length floats in the flat vector, gaps included
 */
public record ParameterLayout(List<ParameterSpec> parameters, long length) implements Serializable {
    /** Start of a variable, in floats: 64 bytes, a cache line and an AVX-512 register, and a block of {@link ExactSum}. */
    public static final int ALIGNMENT_FLOATS = ExactSum.BLOCK;

    public ParameterLayout {
        parameters = List.copyOf(parameters);
    }

    /** Number of weights, gaps not counted. */
    public long parameterCount() {
        return parameters.stream().mapToLong(ParameterSpec::size).sum();
    }

    /** The first multiple of the alignment at or after {@code offset}. */
    public static long align(long offset) {
        return (offset + ALIGNMENT_FLOATS - 1) & -ALIGNMENT_FLOATS;
    }

    /** Where a vector may be cut into ranges. */
    public enum Cuts {
        /** Between rows of a variable's first axis, so that every piece of a variable is a TensorBundle slice. */
        ROWS,
        /** Between those rows that begin at a multiple of {@link #ALIGNMENT_FLOATS}. */
        ALIGNED_ROWS,
        /** Between variables only. */
        VARIABLES
    }

    /** The largest number of ranges that {@link #cut} can make. */
    public long maxShards(Cuts cuts) {
        return parameters.stream()
                .mapToLong(p -> pieces(rows(p, cuts), rowsApart(p, cuts)))
                .sum();
    }

    private static long pieces(int rows, int apart) {
        return (rows - 1L) / apart + 1;
    }

    /** Rows between which a variable may be cut; a constrained one stays whole. */
    private static int rows(ParameterSpec p, Cuts cuts) {
        return cuts == Cuts.VARIABLES || p.shape().isEmpty() || p.constraint() != null
                ? 1
                : p.shape().get(0);
    }

    private static int rowsApart(ParameterSpec p, Cuts cuts) {
        return cuts == Cuts.ALIGNED_ROWS
                ? (int) (ALIGNMENT_FLOATS / Math.min(ALIGNMENT_FLOATS, Long.lowestOneBit(p.rowSize())))
                : 1;
    }

    /** Cuts the vector {@link Cuts#ROWS between rows}. */
    public List<ShardRange> cut(int shards) {
        return cut(shards, Cuts.ROWS);
    }

    /**
     * Cuts the vector into {@code shards} disjoint ranges that cover it, of nearly equal size.
     *
     * @throws IllegalArgumentException when there are fewer places to cut
     */
    public List<ShardRange> cut(int shards, Cuts cuts) {
        CutPoints points = cutPoints(cuts);
        long most = points.last();
        if (shards < 1 || shards > most) {
            throw new IllegalArgumentException(
                    "servers is " + shards + ", this model can be cut into 1 to " + most + " server shards");
        }
        List<ShardRange> ranges = new ArrayList<>();
        long from = 0;
        for (int s = 0; s < shards; s++) {
            long left = shards - 1L - s;
            long nearest = left == 0 ? most : points.nearest(length * (s + 1) / shards);
            long to = Math.min(Math.max(nearest, from + 1), most - left);
            ranges.add(new ShardRange(s, points.offset(from), points.offset(to) - points.offset(from)));
            from = to;
        }
        return List.copyOf(ranges);
    }

    private CutPoints cutPoints(Cuts cuts) {
        CutPoints points = new CutPoints(parameters.size());
        for (ParameterSpec p : parameters) {
            int apart = rowsApart(p, cuts);
            points.add(p.offset(), apart * p.rowSize(), pieces(rows(p, cuts), apart));
        }
        points.end(length);
        return points;
    }
}
