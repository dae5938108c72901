package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** The mean of each channel over 1 spatial axis. */
public final class GlobalAveragePooling1D extends GlobalPooling {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments. */
    public GlobalAveragePooling1D(Arguments arguments) {
        super(arguments, 1);
    }

    /** A layer with Keras' defaults. */
    public GlobalAveragePooling1D() {
        this(Arguments.of("GlobalAveragePooling1D", Map.of()));
    }

    @Override
    public GlobalAveragePooling1D copy(Arguments newArguments) {
        return new GlobalAveragePooling1D(newArguments);
    }

    @Override
    public boolean isMax() {
        return false;
    }
}
