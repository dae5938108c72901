package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** The mean of each channel under a window over 1 spatial axis. */
public final class AveragePooling1D extends Pooling<AveragePooling1D> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments. */
    public AveragePooling1D(Arguments arguments) {
        super(arguments, 1);
    }

    /** A window of this size on each axis, which moves by its size. */
    public AveragePooling1D(int poolSize) {
        this(Arguments.of("AveragePooling1D", Map.of("pool_size", poolSize)));
    }

    @Override
    public AveragePooling1D copy(Arguments newArguments) {
        return new AveragePooling1D(newArguments);
    }

    @Override
    public boolean isMax() {
        return false;
    }
}
