package io.covey.trainer.layers.regularization;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Dropout of whole channels (Tompson et al., CVPR 2015), for one to three spatial axes. */
public final class SpatialDropout extends Layer {
    private static final long serialVersionUID = 1L;

    private final int spatialAxes;
    private final double rate;
    private final Long seed;
    private final boolean channelsFirst;

    /**
     * Reads Keras' arguments.
     *
     * @param spatialAxes 1 to 3: which of Keras' classes it is
     */
    public SpatialDropout(int spatialAxes, Arguments arguments) {
        super(arguments);
        this.spatialAxes = spatialAxes;
        rate = arguments.real("rate", Double.NaN, 0, 1);
        seed = Seeds.read(arguments);
        channelsFirst = arguments
                .choice("data_format", "channels_last", "channels_last", "channels_first")
                .equals("channels_first");
        arguments.ignore("noise_shape");
    }

    public SpatialDropout(int spatialAxes, double rate) {
        this(spatialAxes, Arguments.of("SpatialDropout" + spatialAxes + "D", Map.of("rate", rate)));
    }

    @Override
    public String className() {
        return "SpatialDropout" + spatialAxes + "D";
    }

    @Override
    public SpatialDropout copy(Arguments newArguments) {
        return new SpatialDropout(spatialAxes, newArguments);
    }

    public double rate() {
        return rate;
    }

    /** Of the layer's own stream; null to follow the job's seed alone. */
    public Long seed() {
        return seed;
    }

    /** See {@link Dropout#noiseShape}. */
    public List<Integer> noiseShape() {
        Integer[] shape = new Integer[spatialAxes + 2];
        Arrays.fill(shape, 1);
        shape[0] = 0;
        shape[channelsFirst ? 1 : spatialAxes + 1] = 0;
        return List.of(shape);
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return single(inputShapes, spatialAxes + 1);
    }
}
