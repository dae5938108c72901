package io.covey.trainer.constraints;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeBlocks;
import java.util.Arrays;
import java.util.List;

/** Applies a constraint to the values of one whole variable, without allocation. Not thread-safe. */
public final class ConstrainedVariable {
    private final Constraint constraint;
    private final NativeBlocks memory = new NativeBlocks();
    private final float[] values;
    private final int[] groups;
    private final double[] squares;

    /**
     * Prepares for a variable.
     *
     * @throws CoveyException a caller's error when an axis is not the variable's
     */
    public ConstrainedVariable(Constraint constraint, List<Integer> shape) {
        this.constraint = constraint;
        int size = shape.stream().reduce(1, Math::multiplyExact);
        values = new float[size];
        boolean[] reduced = new boolean[shape.size()];
        for (int axis : constraint.axes()) {
            int index = axis < 0 ? axis + shape.size() : axis;
            if (index < 0 || index >= shape.size()) {
                throw CoveyException.caller("axis is " + axis + " in constraint " + constraint.className()
                        + ", the variable's shape is " + shape);
            }
            reduced[index] = true;
        }
        groups = new int[constraint.axes().isEmpty() ? 0 : size];
        int count = 0;
        for (int i = 0; i < groups.length; i++) {
            groups[i] = group(i, shape, reduced);
            count = Math.max(count, groups[i] + 1);
        }
        squares = new double[count];
    }

    /** Number of the norm that element {@code index} (in C order) goes into. */
    private static int group(int index, List<Integer> shape, boolean[] reduced) {
        int group = 0;
        int stride = 1;
        int rest = index;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            if (!reduced[axis]) {
                group += rest % shape.get(axis) * stride;
                stride *= shape.get(axis);
            }
            rest /= shape.get(axis);
        }
        return group;
    }

    /** Changes the variable, in C order at a native address, so that it fulfils the constraint. */
    public void apply(long address) {
        memory.readAll(address, values);
        for (int i = 0; i < values.length; i++) {
            values[i] = constraint.element(values[i]);
        }
        if (squares.length > 0) {
            scale();
        }
        memory.writeAll(address, values);
    }

    private void scale() {
        Arrays.fill(squares, 0);
        for (int i = 0; i < groups.length; i++) {
            squares[groups[i]] += (double) values[i] * values[i];
        }
        for (int g = 0; g < squares.length; g++) {
            squares[g] = constraint.factor((float) Math.sqrt(squares[g]));
        }
        for (int i = 0; i < groups.length; i++) {
            values[i] *= (float) squares[groups[i]];
        }
    }
}
