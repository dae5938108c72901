package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** The mean of each channel over 2 spatial axes. */
public final class GlobalAveragePooling2D extends GlobalPooling {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments. */
    public GlobalAveragePooling2D(Arguments arguments) {
        super(arguments, 2);
    }

    /** A layer with Keras' defaults. */
    public GlobalAveragePooling2D() {
        this(Arguments.of("GlobalAveragePooling2D", Map.of()));
    }

    @Override
    public GlobalAveragePooling2D copy(Arguments newArguments) {
        return new GlobalAveragePooling2D(newArguments);
    }

    @Override
    public boolean isMax() {
        return false;
    }
}
