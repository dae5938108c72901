package io.covey.trainer.testing;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Models and parameter vectors for tests. */
public final class Models {
    private Models() {}

    /** Flatten, relu layers of these sizes, a softmax layer. */
    public static Model mlp(List<Integer> inputShape, int... units) {
        List<Layer> layers = new ArrayList<>();
        layers.add(new Flatten());
        for (int i = 0; i < units.length; i++) {
            layers.add(new Dense(units[i], i == units.length - 1 ? Activation.SOFTMAX : Activation.RELU));
        }
        return Model.sequential("mlp", inputShape, layers);
    }

    /** A flat vector with the model's first values. */
    public static NativeFloats initialValues(Model model, long seed) {
        float[] values = new float[Math.toIntExact(model.layout().length())];
        model.initialValues(seed, 0, values);
        NativeFloats vector = NativeFloats.allocate(values.length);
        vector.put(0, values);
        return vector;
    }

    /** Fills a flat vector with an array for each variable, by its number. */
    public static void fill(Model model, NativeFloats vector, IntFunction<NpyFile> arrays) {
        List<ParameterSpec> parameters = model.layout().parameters();
        for (int i = 0; i < parameters.size(); i++) {
            vector.put(parameters.get(i).offset(), arrays.apply(i).floats());
        }
    }
}
