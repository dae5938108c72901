package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** The largest number of each channel over 3 spatial axes. */
public final class GlobalMaxPooling3D extends GlobalPooling {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments. */
    public GlobalMaxPooling3D(Arguments arguments) {
        super(arguments, 3);
    }

    /** A layer with Keras' defaults. */
    public GlobalMaxPooling3D() {
        this(Arguments.of("GlobalMaxPooling3D", Map.of()));
    }

    @Override
    public GlobalMaxPooling3D copy(Arguments newArguments) {
        return new GlobalMaxPooling3D(newArguments);
    }

    @Override
    public boolean isMax() {
        return true;
    }
}
