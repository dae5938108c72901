package io.covey.trainer.layers.pooling;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** The largest number of each channel under a window over 1 spatial axis. */
public final class MaxPooling1D extends Pooling<MaxPooling1D> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments. */
    public MaxPooling1D(Arguments arguments) {
        super(arguments, 1);
    }

    /** A window of this size on each axis, which moves by its size. */
    public MaxPooling1D(int poolSize) {
        this(Arguments.of("MaxPooling1D", Map.of("pool_size", poolSize)));
    }

    @Override
    public MaxPooling1D copy(Arguments newArguments) {
        return new MaxPooling1D(newArguments);
    }

    @Override
    public boolean isMax() {
        return true;
    }
}
