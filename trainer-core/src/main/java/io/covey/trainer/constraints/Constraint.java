package io.covey.trainer.constraints;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/** What a variable must fulfil after each update: Keras' constraints. Immutable. */
public sealed interface Constraint extends Serializable permits MaxNorm, NonNeg, UnitNorm, MinMaxNorm {
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
