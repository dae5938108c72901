package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** The mean of each channel under a window over 2 spatial axes. */
public final class AveragePooling2D extends Pooling<AveragePooling2D> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments. */
    public AveragePooling2D(Arguments arguments) {
        super(arguments, 2);
    }

    /** A window of this size on each axis, which moves by its size. */
    public AveragePooling2D(int poolSize) {
        this(Arguments.of("AveragePooling2D", Map.of("pool_size", poolSize)));
    }

    @Override
    public AveragePooling2D copy(Arguments newArguments) {
        return new AveragePooling2D(newArguments);
    }

    @Override
    public boolean isMax() {
        return false;
    }
}
