package io.covey.trainer.constraints;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NamedConfig;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/** What a variable must fulfil after each update: Keras' constraints. Immutable. */
public sealed interface Constraint extends Serializable permits MaxNorm, NonNeg, UnitNorm, MinMaxNorm {
    /** A layer's argument; null for none. */
    static Constraint argument(Arguments arguments, String name) {
        return arguments.object(name, Constraint.class, null, (what, written) -> {
            NamedConfig config = NamedConfig.of(what, written);
            return Constraints.of(config.name(), config.arguments());
        });
    }

    /** Keras' class name. */
    String className();

    /** The arguments under Keras' names. */
    Map<String, Object> config();

    /** Axes over which norms are taken; empty when elements do not depend on each other. */
    List<Integer> axes();

    /** What an element becomes, by itself. */
    default float element(float value) {
        return value;
    }

    /** What a group of elements with this norm is multiplied by. */
    default float factor(float norm) {
        return 1f;
    }
}
