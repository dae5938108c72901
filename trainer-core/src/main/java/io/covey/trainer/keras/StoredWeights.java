package io.covey.trainer.keras;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import java.util.List;

/** The weights in one of Keras' HDF5 files. */
sealed interface StoredWeights permits NumberedWeights, NamedWeights {
    /** Weights by the layout that the file has. */
    static StoredWeights in(Hdf5File file) {
        for (String group : List.of("", LegacyFormat.WEIGHTS)) {
            if (file.texts(group, LegacyFormat.LAYER_NAMES) != null) {
                return new NamedWeights(file, group);
            }
        }
        return new NumberedWeights(file);
    }

    /**
     * Copies all weights of a model.
     *
     * @param target the flat vector that the model's layout describes
     * @throws io.covey.trainer.CoveyException a caller's error when the file is of another model; the target may have been
     *     changed
     */
    void read(Model model, NativeFloats target);

    /**
     * The weights of one layer.
     *
     * @param group the layer's in a file of Keras 3, see {@link VariablePath}
     * @param name the layer's own
     * @return empty when it has none
     */
    List<float[]> ofLayer(String group, String name);
}
