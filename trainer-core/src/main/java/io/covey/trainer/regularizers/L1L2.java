package io.covey.trainer.regularizers;

import io.covey.trainer.CoveyException;
import java.util.Map;

/**
 * {@code l1 * sum(abs(w)) + l2 * sum(w^2)}, as Keras' L1, L2 and L1L2: without the 1/2 that some books have.
 *
 * @param l1 factor of the sum of absolute values, at least 0
 * @param l2 factor of the sum of squares, at least 0
 */
public record L1L2(float l1, float l2) implements Regularizer {
    private static final long serialVersionUID = 1L;

    /** @throws CoveyException a caller's error when a factor is negative or not finite */
    public L1L2 {
        if (!(l1 >= 0 && l2 >= 0 && l1 + l2 <= Float.MAX_VALUE)) {
            throw CoveyException.caller(
                    "regularizer: l1 is " + l1 + " and l2 is " + l2 + ", both must be at least 0 and finite");
        }
    }

    @Override
    public String className() {
        return "L1L2";
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("l1", l1, "l2", l2);
    }

    /** The derivative at one number; that of the absolute value is 0 at 0. */
    public float derivative(float w) {
        return l1 * Math.signum(w) + 2 * l2 * w;
    }
}
