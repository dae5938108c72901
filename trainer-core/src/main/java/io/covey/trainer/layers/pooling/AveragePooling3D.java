package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** The mean of each channel under a window over 3 spatial axes. */
public final class AveragePooling3D extends Pooling<AveragePooling3D> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments. */
    public AveragePooling3D(Arguments arguments) {
        super(arguments, 3);
    }

    /** A window of this size on each axis, which moves by its size. */
    public AveragePooling3D(int poolSize) {
        this(Arguments.of("AveragePooling3D", Map.of("pool_size", poolSize)));
    }

    @Override
    public AveragePooling3D copy(Arguments newArguments) {
        return new AveragePooling3D(newArguments);
    }

    @Override
    public boolean isMax() {
        return false;
    }
}
