package io.covey.trainer.api;

import io.covey.trainer.CoveyException;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Value;
import io.covey.trainer.objective.CompileOptions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The shapes of a data set's rows, where they are known. A row's numbers go to the model in the order in which they lie, so rows
 * of as many numbers in another shape, as of images whose channels are first, would be other samples. Axes of 1 do not count, and
 * rows without axes are taken as they are.
 *
 * @param inputs by input; empty where they are not known
 * @param targets by output; empty where they are not known
 */
record RowShapes(List<List<Integer>> inputs, List<List<Integer>> targets) {
    static final RowShapes UNKNOWN = new RowShapes(List.of(), List.of());

    static RowShapes of(List<INDArray> inputs, List<INDArray> targets) {
        return new RowShapes(rows(inputs), rows(targets));
    }

    private static List<List<Integer>> rows(List<INDArray> arrays) {
        return arrays.stream()
                .map(array -> Arrays.stream(array.shape())
                        .skip(1)
                        .mapToObj(Math::toIntExact)
                        .toList())
                .toList();
    }

    /** @throws CoveyException a caller's error when rows have the size of the model's input in another shape */
    void requireInputs(Model model) {
        for (int i = 0; i < Math.min(inputs.size(), model.inputs().size()); i++) {
            require("input", i, inputs.get(i), model.inputs().get(i).shape());
        }
    }

    /** @throws CoveyException a caller's error when rows have the size of an input or a target in another shape */
    void require(Model model, CompileOptions compile) {
        requireInputs(model);
        for (int i = 0; i < Math.min(targets.size(), model.outputs().size()); i++) {
            Value output = model.outputs().get(i);
            Loss loss = compile.outputs().get(i).loss();
            require("target", i, targets.get(i), loss == null ? output.shape() : targetShape(loss, output));
        }
    }

    private static List<Integer> targetShape(Loss loss, Value output) {
        int[] shape = output.shape().stream().mapToInt(n -> n).toArray();
        return IntStream.of(loss.targetShape(shape)).boxed().toList();
    }

    private static void require(String what, int index, List<Integer> row, List<Integer> wanted) {
        List<Integer> found = longAxes(row);
        List<Integer> needed = longAxes(wanted);
        boolean sameSize = size(found) == size(needed);
        if (sameSize && found.size() > 1 && needed.size() > 1 && !found.equals(needed)) {
            throw CoveyException.caller(
                    "the rows of " + what + " " + index + " have shape " + row + ", the model needs " + wanted
                            + ": transpose the array, or reshape it where its numbers lie in the model's order");
        }
    }

    private static List<Integer> longAxes(List<Integer> shape) {
        return shape.stream().filter(n -> n != 1).toList();
    }

    private static long size(List<Integer> shape) {
        return shape.stream().mapToLong(n -> n).reduce(1, Math::multiplyExact);
    }
}
