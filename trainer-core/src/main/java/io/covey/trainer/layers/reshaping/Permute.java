package io.covey.trainer.layers.reshaping;

import io.covey.trainer.config.Arguments;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Brings the axes of each sample into another order; axes are counted from 1. */
public final class Permute extends IndexLayer {
    private static final long serialVersionUID = 1L;

    private final int[] dims;

    /** Reads Keras' arguments; {@code dims} is required. */
    public Permute(Arguments arguments) {
        super(arguments);
        if (arguments.raw("dims", null) == null) {
            throw arguments.error("dims", "is missing, for example [2, 1]");
        }
        dims = arguments.integers("dims", -1);
        int[] sorted = dims.clone();
        Arrays.sort(sorted);
        if (!Arrays.equals(sorted, IntStream.rangeClosed(1, dims.length).toArray())) {
            throw arguments.error(
                    "dims", "is " + Arrays.toString(dims) + ", it must be an order of the axes 1 to " + dims.length);
        }
    }

    public Permute(Integer... dims) {
        this(Arguments.of("Permute", Map.of("dims", List.of(dims))));
    }

    @Override
    public Permute copy(Arguments newArguments) {
        return new Permute(newArguments);
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> input = single(inputShapes, dims.length);
        return Arrays.stream(dims).mapToObj(axis -> input.get(axis - 1)).toList();
    }

    @Override
    public int[] sources(List<Integer> inputShape) {
        int[] inputStrides = IndexMap.strides(inputShape);
        int[] strides = Arrays.stream(dims).map(axis -> inputStrides[axis - 1]).toArray();
        int[][] maps = Arrays.stream(dims)
                .mapToObj(axis -> IndexMap.identity(inputShape.get(axis - 1)))
                .toArray(int[][]::new);
        return IndexMap.of(strides, maps);
    }
}
