package io.covey.trainer.constraints;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import java.io.Serializable;

/** Restores a property of a variable after an update. */
public interface Constraint extends Serializable {
    /** A layer's argument; null for none. */
    static Constraint argument(Arguments arguments, String name) {
        return arguments.object(name, Constraint.class, null, (what, written) -> {
            throw CoveyException.caller(what + " is " + written);
        });
    }
}
