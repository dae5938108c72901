package io.covey.trainer.layers.regularization;

import io.covey.trainer.config.Arguments;

/** Reads the seed of a random layer. */
public final class Seeds {
    private Seeds() {}

    /** @return null when none is given */
    public static Long read(Arguments arguments) {
        Object seed = arguments.raw("seed", null);
        if (seed == null) {
            return null;
        }
        if (seed instanceof Integer || seed instanceof Long) {
            return ((Number) seed).longValue();
        }
        throw arguments.error("seed", "is " + seed + ", expected an integer");
    }
}
