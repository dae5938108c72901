package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.ImageLayer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The largest or the mean number of each channel. */
public abstract class GlobalPooling extends ImageLayer {
    private static final long serialVersionUID = 1L;

    private final int rank;
    private final boolean keepDims;

    /** Reads Keras' arguments. */
    GlobalPooling(Arguments arguments, int rank) {
        super(arguments);
        this.rank = rank;
        keepDims = arguments.flag("keepdims", false);
    }

    /** Whether it takes the maximum; if not, the mean. */
    public abstract boolean isMax();

    /** Whether the output keeps the spatial axes, with size 1. */
    public final boolean keepDims() {
        return keepDims;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> input = single(dataFormat().toLast(inputShapes), rank + 1);
        List<Integer> output = new ArrayList<>(keepDims ? Collections.nCopies(rank, 1) : List.of());
        output.add(input.get(rank));
        return keepDims ? dataFormat().fromLast(output) : output;
    }
}
