package io.covey.trainer.model;

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
    /** Start of a variable, in floats: 64 bytes, a cache line and an AVX-512 register. */
    public static final int ALIGNMENT_FLOATS = 16;

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

    /** The largest number of ranges that {@link #cut} can make: the rows of all variables, constrained ones counting once. */
    public long maxShards() {
        return parameters.stream().mapToLong(p -> pieces(p, false)).sum();
    }

    private static int pieces(ParameterSpec p, boolean whole) {
        return whole || p.shape().isEmpty() || p.constraint() != null
                ? 1
                : p.shape().get(0);
    }

    /**
     * Cuts the vector into {@code shards} disjoint ranges that cover it, of nearly equal size. A cut lies between variables
     * or between rows of a variable's first axis, so that every piece of a variable is a TensorBundle slice. A constrained
     * variable stays whole.
     *
     * @throws IllegalArgumentException when there are fewer rows than shards
     */
    public List<ShardRange> cut(int shards) {
        return cut(shards, legalCuts(false));
    }

    /**
     * Cuts the vector between variables only.
     *
     * @throws IllegalArgumentException when there are fewer variables than shards
     */
    public List<ShardRange> cutBetweenVariables(int shards) {
        return cut(shards, legalCuts(true));
    }

    private List<ShardRange> cut(int shards, List<Long> legal) {
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

    private List<Long> legalCuts(boolean wholeVariables) {
        List<Long> cuts = new ArrayList<>();
        for (ParameterSpec p : parameters) {
            for (int row = 0; row < pieces(p, wholeVariables); row++) {
                cuts.add(p.offset() + row * p.rowSize());
            }
        }
        cuts.add(length);
        return cuts;
    }
}
