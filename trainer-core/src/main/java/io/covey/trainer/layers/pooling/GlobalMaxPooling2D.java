package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** The largest number of each channel over 2 spatial axes. */
public final class GlobalMaxPooling2D extends GlobalPooling {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments. */
    public GlobalMaxPooling2D(Arguments arguments) {
        super(arguments, 2);
    }

    /** A layer with Keras' defaults. */
    public GlobalMaxPooling2D() {
        this(Arguments.of("GlobalMaxPooling2D", Map.of()));
    }

    @Override
    public GlobalMaxPooling2D copy(Arguments newArguments) {
        return new GlobalMaxPooling2D(newArguments);
    }

    @Override
    public boolean isMax() {
        return true;
    }
}
