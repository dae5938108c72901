package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.ImageLayer;
import io.covey.trainer.layers.convolutional.Padding;
import io.covey.trainer.layers.convolutional.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The largest or the mean number under a sliding window, of each channel. Padding {@code same} lets the window stick out of
 * the input; what is outside has no part in the maximum or the mean.
 *
 * @param <T> the layer's own class
 */
public abstract class Pooling<T extends Pooling<T>> extends ImageLayer {
    private static final long serialVersionUID = 1L;

    private final Window window;

    /** Reads Keras' arguments. */
    Pooling(Arguments arguments, int rank) {
        super(arguments);
        List<Integer> size = Window.perAxis(arguments, "pool_size", rank, 2);
        window = new Window(
                size,
                arguments.raw("strides", null) == null ? size : Window.perAxis(arguments, "strides", rank, 1),
                Collections.nCopies(rank, 1),
                Padding.argument(arguments, Padding.VALID, Padding.VALID, Padding.SAME));
    }

    @Override
    public abstract T copy(Arguments newArguments);

    /** A copy with other strides than the window's size, one per axis or one for all. */
    public final T strides(Integer... values) {
        return copy(arguments().with("strides", values.length == 1 ? values[0] : Arrays.asList(values)));
    }

    /** A copy with another padding: {@code valid} or {@code same}. */
    public final T padding(String value) {
        return copy(arguments().with("padding", value));
    }

    public final Window window() {
        return window;
    }

    /** Whether it takes the maximum; if not, the mean. */
    public abstract boolean isMax();

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> input = single(dataFormat().toLast(inputShapes), window.rank() + 1);
        List<Integer> output = new ArrayList<>(input);
        for (int axis = 0; axis < window.rank(); axis++) {
            output.set(axis, window.outputSize(axis, input.get(axis)));
            if (output.get(axis) < 1) {
                throw error("input of shape " + input + " is too small for pool_size " + window.size());
            }
        }
        return dataFormat().fromLast(output);
    }
}
