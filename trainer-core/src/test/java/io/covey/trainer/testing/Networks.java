package io.covey.trainer.testing;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.convolutional.Conv2D;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.layers.normalization.BatchNormalization;
import io.covey.trainer.layers.pooling.MaxPooling2D;
import io.covey.trainer.layers.rnn.GRU;
import io.covey.trainer.layers.rnn.RecurrentLayer;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Node;
import io.covey.trainer.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Networks like those of the benchmark, and recurrent ones, that end in a softmax. */
public enum Networks {
    M1(List.of(784), () -> mlp(300, 200, 100, 10)),
    M2(List.of(32, 32, 3), Networks::smallCnn),
    M3(List.of(32, 32, 3), Networks::vgg),
    M4(List.of(2048), () -> mlp(2048, 2048, 2048, 1000)),
    M5(List.of(2048), () -> mlp(4096, 4096, 100)),
    LONG_SHORT_TERM(List.of(28, 28), () -> recurrent("LSTM")),
    GATED_RECURRENT(List.of(28, 28), () -> recurrent("GRU"));

    @SuppressWarnings("ImmutableEnumChecker") // Everywhere List.of.
    private final List<Integer> inputShape;

    @SuppressWarnings("ImmutableEnumChecker") // Makes new layers in each call.
    private final Supplier<List<Layer>> layers;

    Networks(List<Integer> inputShape, Supplier<List<Layer>> layers) {
        this.inputShape = inputShape;
        this.layers = layers;
    }

    public Model model() {
        return Model.sequential("network", inputShape, layers.get());
    }

    private static List<Layer> mlp(int... units) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < units.length; i++) {
            layers.add(new Dense(units[i], i == units.length - 1 ? Activation.SOFTMAX : Activation.RELU));
        }
        return layers;
    }

    private static List<Layer> smallCnn() {
        return List.of(
                new Conv2D(16, 3, Activation.RELU),
                new MaxPooling2D(3),
                new Flatten(),
                new Dense(64, Activation.RELU),
                new Dense(10, Activation.SOFTMAX));
    }

    private static List<Layer> vgg() {
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
        return layers;
    }

    private static List<Layer> recurrent(String name) {
        return List.of(
                LayerTypes.create(name, Map.of("units", 128, "return_sequences", true)),
                LayerTypes.create(name, Map.of("units", 64)),
                new Dense(10, Activation.SOFTMAX));
    }

    /**
     * The numbers per sample that any training step must keep from forward to backward: the input, every layer's output and, of a
     * recurrent layer, states and gates of every step, of a GRU also the product that the reset gate scales. Other formats of them, gradients and room to work in are not counted.
     */
    public static long activations(Model model) {
        long numbers = model.inputSize();
        for (Node node : model.nodes()) {
            for (Node.Call call : node.calls()) {
                for (Value output : call.outputs()) {
                    numbers += call.inputs().isEmpty() || node.layer() instanceof Flatten ? 0 : size(output);
                }
                if (node.layer() instanceof RecurrentLayer layer) {
                    int steps = call.inputs().get(0).shape().get(0);
                    numbers += (long) steps
                            * layer.units()
                            * (layer.gates() + layer.states() + (layer instanceof GRU ? 1 : 0));
                }
            }
        }
        return numbers;
    }

    private static long size(Value value) {
        return value.shape().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }
}
