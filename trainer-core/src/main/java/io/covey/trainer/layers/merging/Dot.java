package io.covey.trainer.layers.merging;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Products of two tensors, sample by sample, summed over one axis of each; after normalisation it is their cosine. */
public final class Dot extends Layer {
    private static final long serialVersionUID = 1L;

    private final int[] axes;
    private final boolean normalize;

    /** Reads Keras' arguments; {@code axes} is required. */
    public Dot(Arguments arguments) {
        super(arguments);
        if (arguments.raw("axes", null) == null) {
            throw arguments.error("axes", "is missing, expected an integer or one for each input");
        }
        axes = arguments.integers("axes", 2);
        normalize = arguments.flag("normalize", false);
    }

    public Dot(int axes, boolean normalize) {
        this(Arguments.of("Dot", Map.of("axes", axes, "normalize", normalize)));
    }

    @Override
    public Dot copy(Arguments newArguments) {
        return new Dot(newArguments);
    }

    /** Whether vectors along the axes get length 1 before. */
    public boolean isNormalized() {
        return normalize;
    }

    /**
     * The axis of an input that is summed over, counted without the batch axis.
     *
     * @param input 0 or 1
     * @param sampleAxes of one sample of it
     */
    public int axis(int input, int sampleAxes) {
        int index = axes[input] < 0 ? axes[input] + sampleAxes : axes[input] - 1;
        if (index < 0 || index >= sampleAxes) {
            throw error("axes is " + Arrays.toString(axes) + ", input " + input + " has axes 1 to " + sampleAxes
                    + " beside the batch");
        }
        return index;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        if (inputShapes.size() != 2) {
            throw error("takes two inputs, it is given " + inputShapes.size());
        }
        List<Integer> output = new ArrayList<>(inputShapes.get(0));
        List<Integer> second = new ArrayList<>(inputShapes.get(1));
        int left = output.remove(axis(0, output.size()));
        int right = second.remove(axis(1, second.size()));
        if (left != right) {
            throw error("axes have sizes " + left + " and " + right + ", its inputs have shapes " + inputShapes);
        }
        output.addAll(second);
        return output.isEmpty() ? List.of(1) : output;
    }
}
