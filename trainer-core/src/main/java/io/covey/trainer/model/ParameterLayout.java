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
                .mapToLong(p -> (rows(p, cuts) + rowsApart(p, cuts) - 1) / rowsApart(p, cuts))
                .sum();
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
        List<Long> legal = legalCuts(cuts);
        int most = legal.size() - 1;
        if (shards < 1 || shards > most) {
            throw new IllegalArgumentException(
                    "servers is " + shards + ", this model can be cut into 1 to " + most + " server shards");
        }
        List<ShardRange> ranges = new ArrayList<>();
        int from = 0;
        for (int s = 0; s < shards; s++) {
            int to = legal.size() - 1;
            if (s < shards - 1) {
                long ideal = length * (s + 1) / shards;
                to = from + 1;
                int last = legal.size() - 1 - (shards - 1 - s);
                while (to < last && Math.abs(legal.get(to + 1) - ideal) <= Math.abs(legal.get(to) - ideal)) {
                    to++;
                }
            }
            ranges.add(new ShardRange(s, legal.get(from), legal.get(to) - legal.get(from)));
            from = to;
        }
        return List.copyOf(ranges);
    }

    private List<Long> legalCuts(Cuts kind) {
        List<Long> legal = new ArrayList<>();
        for (ParameterSpec p : parameters) {
            for (int row = 0; row < rows(p, kind); row += rowsApart(p, kind)) {
                legal.add(p.offset() + row * p.rowSize());
            }
        }
        legal.add(length);
        return legal;
    }
}
