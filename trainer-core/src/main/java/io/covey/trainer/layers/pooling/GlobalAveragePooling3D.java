package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** The mean of each channel over 3 spatial axes. */
public final class GlobalAveragePooling3D extends GlobalPooling {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments. */
    public GlobalAveragePooling3D(Arguments arguments) {
        super(arguments, 3);
    }

    /** A layer with Keras' defaults. */
    public GlobalAveragePooling3D() {
        this(Arguments.of("GlobalAveragePooling3D", Map.of()));
    }

    @Override
    public GlobalAveragePooling3D copy(Arguments newArguments) {
        return new GlobalAveragePooling3D(newArguments);
    }

    @Override
    public boolean isMax() {
        return false;
    }
}
