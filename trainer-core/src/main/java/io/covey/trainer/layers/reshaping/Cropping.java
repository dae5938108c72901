package io.covey.trainer.layers.reshaping;

import io.covey.trainer.config.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Cuts off both ends of the spatial axes, for one to three spatial axes. */
public final class Cropping extends IndexLayer {
    private static final long serialVersionUID = 1L;

    private final int spatialAxes;
    private final int firstAxis;
    private final int[][] margins;

    /**
     * Reads Keras' arguments.
     *
     * @param spatialAxes 1 to 3: which of Keras' classes it is
     */
    public Cropping(int spatialAxes, Arguments arguments) {
        super(arguments);
        this.spatialAxes = spatialAxes;
        firstAxis = firstSpatialAxis(arguments);
        // Keras cuts nothing off images unless told to, but one place off sequences and volumes.
        margins = Margins.read(arguments, "cropping", spatialAxes, spatialAxes == 2 ? 0 : 1);
    }

    /** The same margin at both ends of all axes. */
    public Cropping(int spatialAxes, int margin) {
        this(spatialAxes, Arguments.of("Cropping" + spatialAxes + "D", Map.of("cropping", margin)));
    }

    @Override
    public String className() {
        return "Cropping" + spatialAxes + "D";
    }

    @Override
    public Cropping copy(Arguments newArguments) {
        return new Cropping(spatialAxes, newArguments);
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> output = new ArrayList<>(single(inputShapes, spatialAxes + 1));
        for (int i = 0; i < spatialAxes; i++) {
            int size = output.get(firstAxis + i) - margins[i][0] - margins[i][1];
            if (size < 1) {
                throw error("nothing is left of an input of shape " + single(inputShapes));
            }
            output.set(firstAxis + i, size);
        }
        return output;
    }

    @Override
    public int[] sources(List<Integer> inputShape) {
        List<Integer> outputShape = outputShape(List.of(inputShape));
        int[][] maps = new int[inputShape.size()][];
        for (int axis = 0; axis < maps.length; axis++) {
            maps[axis] = IndexMap.identity(outputShape.get(axis));
        }
        for (int i = 0; i < spatialAxes; i++) {
            int[] map = maps[firstAxis + i];
            for (int k = 0; k < map.length; k++) {
                map[k] = k + margins[i][0];
            }
        }
        return IndexMap.of(IndexMap.strides(inputShape), maps);
    }
}
