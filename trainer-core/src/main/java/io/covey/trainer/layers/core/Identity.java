package io.covey.trainer.layers.core;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.List;
import java.util.Map;

/** Hands its input on, for example in the place of a layer that is left out. */
public final class Identity extends Layer {
    private static final long serialVersionUID = 1L;

    /** Reads the arguments that all layers have. */
    public Identity(Arguments arguments) {
        super(arguments);
    }

    public Identity() {
        this(Arguments.of("Identity", Map.of()));
    }

    @Override
    public Identity copy(Arguments newArguments) {
        return new Identity(newArguments);
    }

    @Override
    public boolean supportsMasking() {
        return true;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return single(inputShapes);
    }
}
