package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** The largest number of each channel under a window over 2 spatial axes. */
public final class MaxPooling2D extends Pooling<MaxPooling2D> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments. */
    public MaxPooling2D(Arguments arguments) {
        super(arguments, 2);
    }

    /** A window of this size on each axis, which moves by its size. */
    public MaxPooling2D(int poolSize) {
        this(Arguments.of("MaxPooling2D", Map.of("pool_size", poolSize)));
    }

    @Override
    public MaxPooling2D copy(Arguments newArguments) {
        return new MaxPooling2D(newArguments);
    }

    @Override
    public boolean isMax() {
        return true;
    }
}
