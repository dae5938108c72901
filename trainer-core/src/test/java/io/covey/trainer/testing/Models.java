package io.covey.trainer.testing;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.convolutional.Conv2D;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.layers.normalization.BatchNormalization;
import io.covey.trainer.layers.pooling.MaxPooling2D;
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

    /** A small network on images of 32 x 32 x 3: one convolution, pooling, two dense layers. */
    public static Model smallCnn() {
        return Model.sequential(
                "cnn",
                List.of(32, 32, 3),
                List.of(
                        new Conv2D(16, 3, Activation.RELU),
                        new MaxPooling2D(3),
                        new Flatten(),
                        new Dense(64, Activation.RELU),
                        new Dense(10, Activation.SOFTMAX)));
    }

    /** A network like VGG on images of 32 x 32 x 3: four convolutions with batch normalization, two dense layers. */
    public static Model vgg() {
        List<Layer> layers = new ArrayList<>();
        for (int filters : new int[] {32, 64}) {
            for (int i = 0; i < 2; i++) {
                layers.add(new Conv2D(filters, 3, Activation.RELU).padding("same"));
                layers.add(new BatchNormalization());
            }
            layers.add(new MaxPooling2D(2));
        }
        layers.add(new Flatten());
        layers.add(new Dense(256, Activation.RELU));
        layers.add(new Dense(10, Activation.SOFTMAX));
        return Model.sequential("vgg", List.of(32, 32, 3), layers);
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
