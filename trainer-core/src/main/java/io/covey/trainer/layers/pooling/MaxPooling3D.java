package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** The largest number of each channel under a window over 3 spatial axes. */
public final class MaxPooling3D extends Pooling<MaxPooling3D> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments. */
    public MaxPooling3D(Arguments arguments) {
        super(arguments, 3);
    }

    /** A window of this size on each axis, which moves by its size. */
    public MaxPooling3D(int poolSize) {
        this(Arguments.of("MaxPooling3D", Map.of("pool_size", poolSize)));
    }

    @Override
    public MaxPooling3D copy(Arguments newArguments) {
        return new MaxPooling3D(newArguments);
    }

    @Override
    public boolean isMax() {
        return true;
    }
}
