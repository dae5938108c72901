package io.covey.trainer.layers.merging;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Combines tensors number by number. Shapes are broadcast as in Keras: shorter ones get axes of 1 behind the batch axis, and
 * an axis of 1 is repeated.
 */
public final class Merge extends Layer {
    private static final long serialVersionUID = 1L;

    /** Keras' classes. */
    public enum Operation {
        ADD("Add"),
        /** Of exactly two tensors. */
        SUBTRACT("Subtract"),
        MULTIPLY("Multiply"),
        AVERAGE("Average"),
        /** Of equal numbers the first counts in the gradient. */
        MAXIMUM("Maximum"),
        /** Of equal numbers the first counts in the gradient. */
        MINIMUM("Minimum");

        private final String className;

        Operation(String className) {
            this.className = className;
        }
    }

    private final Operation operation;

    /** Reads Keras' arguments. */
    public Merge(Operation operation, Arguments arguments) {
        super(arguments);
        this.operation = operation;
    }

    public Merge(Operation operation) {
        this(operation, Arguments.of(operation.className, Map.of()));
    }

    @Override
    public String className() {
        return operation.className;
    }

    @Override
    public Merge copy(Arguments newArguments) {
        return new Merge(operation, newArguments);
    }

    public Operation operation() {
        return operation;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        int least = operation == Operation.SUBTRACT ? 2 : 1;
        if (inputShapes.size() < least || (operation == Operation.SUBTRACT && inputShapes.size() > 2)) {
            throw error("takes " + (operation == Operation.SUBTRACT ? "two inputs" : "at least one input")
                    + ", it is given " + inputShapes.size());
        }
        List<Integer> output = inputShapes.get(0);
        for (List<Integer> shape : inputShapes.subList(1, inputShapes.size())) {
            output = broadcast(output, shape, inputShapes);
        }
        return output;
    }

    private List<Integer> broadcast(List<Integer> left, List<Integer> right, List<List<Integer>> all) {
        List<Integer> longer = left.size() >= right.size() ? left : right;
        List<Integer> shorter = longer == left ? right : left;
        List<Integer> output = new ArrayList<>(longer);
        for (int i = 0; i < shorter.size(); i++) {
            int axis = longer.size() - shorter.size() + i;
            int a = longer.get(axis);
            int b = shorter.get(i);
            if (a != b && a != 1 && b != 1) {
                throw error("its inputs have shapes that do not fit together: " + all);
            }
            output.set(axis, Math.max(a, b));
        }
        return output;
    }
}
