package io.covey.trainer.keras;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import java.util.List;
import java.util.stream.IntStream;

/** Weights and the optimizer's variables as Keras 3 numbers them in HDF5, see {@link VariablePath}. */
final class Hdf5Weights {
    static final String OPTIMIZER = "optimizer/vars";

    private Hdf5Weights() {}

    /** @param weights the flat vector that the model's layout describes */
    static void write(Hdf5Writer file, Model model, NativeFloats weights) {
        List<ParameterSpec> parameters = model.layout().parameters();
        List<VariablePath> paths = VariablePath.of(model);
        for (int i = 0; i < paths.size(); i++) {
            ParameterSpec parameter = parameters.get(i);
            String path = paths.get(i).group() + "/" + paths.get(i).number();
            file.floats(path, parameter.shape(), weights, parameter.offset());
        }
    }

    /** Paths of the variables of an optimizer that has so many. */
    static List<String> optimizerPaths(int count) {
        return IntStream.range(0, count).mapToObj(i -> OPTIMIZER + "/" + i).toList();
    }
}
