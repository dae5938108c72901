package io.covey.trainer.layers.reshaping;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.List;

/** A layer whose every output number is an input number of the same sample, or 0. */
public abstract class IndexLayer extends Layer {
    private static final long serialVersionUID = 1L;

    /** The source of a 0. */
    public static final int ZERO = -1;

    IndexLayer(Arguments arguments) {
        super(arguments);
    }

    /**
     * Where each number of an output sample comes from.
     *
     * @param inputShape of one sample
     * @return an index into the input sample for each number of the output sample, both in C order, or {@link #ZERO}
     */
    public abstract int[] sources(List<Integer> inputShape);

    /** Reads {@code data_format}: the first axis of a sample that is spatial. */
    static int firstSpatialAxis(Arguments arguments) {
        return arguments
                        .choice("data_format", "channels_last", "channels_last", "channels_first")
                        .equals("channels_first")
                ? 1
                : 0;
    }
}
