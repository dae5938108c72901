package io.covey.trainer.layers.reshaping;

import io.covey.trainer.config.Arguments;
import java.util.List;
import java.util.Map;

/** (features) to (n, features): the vector n times. */
public final class RepeatVector extends IndexLayer {
    private static final long serialVersionUID = 1L;

    private final int n;

    /** Reads Keras' arguments; {@code n} is required. */
    public RepeatVector(Arguments arguments) {
        super(arguments);
        n = arguments.positive("n");
    }

    public RepeatVector(int n) {
        this(Arguments.of("RepeatVector", Map.of("n", n)));
    }

    @Override
    public RepeatVector copy(Arguments newArguments) {
        return new RepeatVector(newArguments);
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return List.of(n, single(inputShapes, 1).get(0));
    }

    @Override
    public int[] sources(List<Integer> inputShape) {
        return IndexMap.of(new int[] {0, 1}, new int[][] {new int[n], IndexMap.identity(inputShape.get(0))});
    }
}
