package io.covey.trainer.layers.normalization;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** {@code input / sqrt(max(sum(input^2), 1e-12))}, the sum of each sample over the axes that are named. */
public final class UnitNormalization extends AxisNormalization {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments. */
    public UnitNormalization(Arguments arguments) {
        super(arguments, false);
    }

    /** A layer with Keras' defaults. */
    public UnitNormalization() {
        this(Arguments.of("UnitNormalization", Map.of()));
    }

    @Override
    public UnitNormalization copy(Arguments newArguments) {
        return new UnitNormalization(newArguments);
    }
}
