package io.covey.trainer.keras;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Weights as Keras 3 writes them: numbered in the group of the object that owns them (see {@link VariablePath}). */
record NumberedWeights(Hdf5File file) implements StoredWeights {
    /** The name of the group of layers that Keras 2.13 wrote. */
    private static final String LAYERS_OF_KERAS_2 = "_layer_checkpoint_dependencies";

    @Override
    public void read(Model model, NativeFloats target) {
        List<ParameterSpec> parameters = model.layout().parameters();
        List<VariablePath> paths = VariablePath.of(model);
        Map<String, Integer> counts = new LinkedHashMap<>();
        paths.forEach(path -> counts.merge(path.group(), 1, Integer::sum));
        counts.forEach((group, count) -> {
            int found = file.names(stored(group)).size();
            if (found != count) {
                throw CoveyException.caller(file.name() + " has " + found + " weights in " + group
                        + ", the model's layer has " + count + ": the file is of another model");
            }
        });
        for (int i = 0; i < paths.size(); i++) {
            ParameterSpec parameter = parameters.get(i);
            String path = stored(paths.get(i).group()) + "/" + paths.get(i).number();
            target.put(parameter.offset(), file.floats(path, parameter.path(), parameter.shape()));
        }
    }

    @Override
    public List<float[]> ofLayer(String group, String name) {
        String stored = stored(group + VariablePath.VARIABLES);
        List<float[]> weights = new ArrayList<>();
        for (int i = 0; i < file.names(stored).size(); i++) {
            weights.add(file.floats(stored + "/" + i, name));
        }
        return weights;
    }

    private String stored(String group) {
        return file.hasGroup(LAYERS_OF_KERAS_2) ? group.replace(VariablePath.LAYERS, LAYERS_OF_KERAS_2) : group;
    }
}
