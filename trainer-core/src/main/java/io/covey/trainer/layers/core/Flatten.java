package io.covey.trainer.layers.core;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.ImageLayer;
import java.util.List;
import java.util.Map;

/** Reshapes each sample to one axis, in C order of the shape with the channels last. */
public final class Flatten extends ImageLayer {
    private static final long serialVersionUID = 1L;

    public Flatten(Arguments arguments) {
        super(arguments);
    }

    public Flatten() {
        this(Arguments.of("Flatten", Map.of()));
    }

    @Override
    public Flatten copy(Arguments newArguments) {
        return new Flatten(newArguments);
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return List.of(single(inputShapes).stream().reduce(1, Math::multiplyExact));
    }
}
