package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** The largest number of each channel over 1 spatial axis. */
public final class GlobalMaxPooling1D extends GlobalPooling {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments. */
    public GlobalMaxPooling1D(Arguments arguments) {
        super(arguments, 1);
    }

    /** A layer with Keras' defaults. */
    public GlobalMaxPooling1D() {
        this(Arguments.of("GlobalMaxPooling1D", Map.of()));
    }

    @Override
    public GlobalMaxPooling1D copy(Arguments newArguments) {
        return new GlobalMaxPooling1D(newArguments);
    }

    @Override
    public boolean isMax() {
        return true;
    }
}
