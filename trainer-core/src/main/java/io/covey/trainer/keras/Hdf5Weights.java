package io.covey.trainer.keras;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes weights as Keras 3 has them in HDF5, see {@link VariablePath}. */
final class Hdf5Weights {
    private final Map<String, WritableGroup> groups = new HashMap<>();

    private Hdf5Weights(WritableHdfFile file) {
        groups.put("", file);
    }

    /**
     * Writes a file.
     *
     * @param weights the flat vector that the model's layout describes
     * @param optimizer null for none
     * @param state of the optimizer
     */
    static void write(
            Path path, Model model, NativeFloats weights, OptimizerVariables optimizer, OptimizerState state) {
        List<ParameterSpec> parameters = model.layout().parameters();
        List<VariablePath> paths = VariablePath.of(model);
        try (WritableHdfFile file = HdfFile.write(path)) {
            Hdf5Weights writer = new Hdf5Weights(file);
            for (int i = 0; i < paths.size(); i++) {
                ParameterSpec parameter = parameters.get(i);
                float[] values = weights.get(parameter.offset(), Math.toIntExact(parameter.size()));
                writer.group(paths.get(i).group())
                        .putDataset(String.valueOf(paths.get(i).number()), nested(values, parameter.shape(), 0));
            }
            for (int i = 0; optimizer != null && i < optimizer.count(); i++) {
                writer.group(OptimizerVariables.GROUP).putDataset(String.valueOf(i), optimizer.value(i, state));
            }
        }
    }

    private WritableGroup group(String path) {
        WritableGroup known = groups.get(path);
        if (known == null) {
            int slash = path.lastIndexOf('/');
            known = group(path.substring(0, Math.max(0, slash))).putGroup(path.substring(slash + 1));
            groups.put(path, known);
        }
        return known;
    }

    /** An array of arrays of the numbers of this shape from {@code from} on; a number for a scalar. */
    static Object nested(float[] values, List<Integer> shape, int from) {
        if (shape.isEmpty()) {
            return values[from];
        }
        int length = shape.get(0);
        if (shape.size() < 2) {
            return Arrays.copyOfRange(values, from, from + length);
        }
        List<Integer> rest = shape.subList(1, shape.size());
        int size = rest.stream().reduce(1, Math::multiplyExact);
        Object first = nested(values, rest, from);
        Object array = Array.newInstance(first.getClass(), length);
        Array.set(array, 0, first);
        for (int i = 1; i < length; i++) {
            Array.set(array, i, nested(values, rest, from + i * size));
        }
        return array;
    }
}
