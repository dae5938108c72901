package io.covey.trainer.regularizers;

import io.covey.trainer.CoveyException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Keras' {@code OrthogonalRegularizer}: {@code factor} times the mean of {@code abs(u_i . u_j)} over all pairs of different rows,
 * or columns, of a matrix, each divided by its length.
 *
 * @param factor at least 0
 * @param mode which of the matrix' vectors shall be orthogonal
 */
public record OrthogonalRegularizer(float factor, Mode mode) implements Regularizer {
    private static final long serialVersionUID = 1L;

    /** The vectors that are compared. */
    public enum Mode {
        ROWS,
        COLUMNS
    }

    /** @throws CoveyException a caller's error when the factor is negative or not finite */
    public OrthogonalRegularizer {
        if (!(factor >= 0 && factor <= Float.MAX_VALUE)) {
            throw CoveyException.caller(
                    "OrthogonalRegularizer: factor is " + factor + ", it must be at least 0 and finite");
        }
    }

    @Override
    public String className() {
        return "OrthogonalRegularizer";
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("factor", factor, "mode", mode.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void requireShape(String weight, List<Integer> shape) {
        if (shape.size() != 2) {
            throw CoveyException.caller("OrthogonalRegularizer takes a matrix, " + weight + " has shape " + shape
                    + ": use l2, or the initializer orthogonal");
        }
        if (vectors(shape) < 2) {
            throw CoveyException.caller("OrthogonalRegularizer compares "
                    + mode.name().toLowerCase(Locale.ROOT) + ", " + weight + " of shape " + shape + " has one only");
        }
    }

    /** Number of vectors of a matrix of {@code shape}. */
    public int vectors(List<Integer> shape) {
        return shape.get(mode == Mode.ROWS ? 0 : 1);
    }
}
