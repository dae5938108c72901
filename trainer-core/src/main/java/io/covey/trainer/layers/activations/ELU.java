package io.covey.trainer.layers.activations;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.List;
import java.util.Map;

/** {@code x} above 0, {@code alpha * (exp(x) - 1)} below. */
public final class ELU extends Layer {
    private static final long serialVersionUID = 1L;

    private final double alpha;

    /** Reads Keras' arguments. */
    public ELU(Arguments arguments) {
        super(arguments);
        alpha = arguments.real("alpha", 1);
    }

    public ELU(double alpha) {
        this(Arguments.of("ELU", Map.of("alpha", alpha)));
    }

    @Override
    public ELU copy(Arguments newArguments) {
        return new ELU(newArguments);
    }

    public double alpha() {
        return alpha;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return single(inputShapes);
    }
}
