package io.covey.trainer.model;

import io.covey.trainer.api.Layers;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.SymbolicTensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Keras' {@code [layer.name for layer in model.layers]}, of Keras 3 and, by the numbers in checkpoints, of Keras 2. */
@Timeout(60)
class MaskedOrderTest {
    private final SymbolicTensor x = SymbolicTensor.input("x", List.of(4, 3));
    private final SymbolicTensor y = SymbolicTensor.input("y", List.of(4, 3));
    private final SymbolicTensor masked = masked("x", x);

    private static Layer layer(String className, String name, Map<String, Object> config) {
        return Layers.layer(className, config).named(name);
    }

    private static Layer layer(String className, String name) {
        return layer(className, name, Map.of());
    }

    private static Layer rnn(String name) {
        return layer("SimpleRNN", name, Map.of("units", 2));
    }

    private static SymbolicTensor masked(String name, SymbolicTensor tensor) {
        return layer("Masking", "mask_" + name).apply(dense("dense_" + name, tensor));
    }

    private static SymbolicTensor dense(String name, SymbolicTensor tensor) {
        return layer("Dense", name, Map.of("units", 3)).apply(tensor);
    }

    private static SymbolicTensor dropped(int times, SymbolicTensor tensor) {
        SymbolicTensor dropped = tensor;
        for (int i = 1; i <= times; i++) {
            dropped = layer("Dropout", "drop_" + i, Map.of("rate", 0.1)).apply(dropped);
        }
        return dropped;
    }

    private static SymbolicTensor joined(SymbolicTensor... tensors) {
        return layer("Concatenate", "join").apply(tensors);
    }

    /** A branch of y, which is a layer longer, and a branch of x, which has a mask. */
    private SymbolicTensor branches(Layer endOfY, Layer endOfX) {
        SymbolicTensor other = endOfY.apply(dropped(1, dense("dense_y", y)));
        return joined(other, endOfX.apply(masked));
    }

    private Model model(SymbolicTensor output) {
        return Model.functional("m", List.of(x, y), List.of(output));
    }

    private static void assertOrder(String expected, Model model) {
        assertEquals(expected, model.nodes().stream().map(Node::name).collect(Collectors.joining(" ")));
    }

    private void assertOrder(String expected, SymbolicTensor output) {
        assertOrder(expected, model(output));
    }

    @Test
    void shouldCountTheOperationsOfAMaskWhenALayerTakesIt() {
        Model model = model(branches(rnn("rnn_y"), rnn("rnn_x")));
        assertOrder("x y dense_x dense_y drop_1 mask_x rnn_y rnn_x join", model);
        assertEquals(
                "dense_y dense_x rnn_y rnn_x",
                model.nodes().stream()
                        .filter(node -> !node.parameters().isEmpty())
                        .sorted(Comparator.comparing(
                                node -> node.parameters().get(0).checkpointKey()))
                        .map(Node::name)
                        .collect(Collectors.joining(" ")));
    }

    @Test
    void shouldNotCountThemWhenNoLayerTakesTheMask() {
        assertOrder(
                "y x dense_y dense_x drop_1 mask_x flat_y flat_x join",
                branches(layer("Flatten", "flat_y"), layer("Flatten", "flat_x")));
    }

    @Test
    void shouldCountWhatConcatenateDoesWithMasks() {
        assertOrder(
                "y x dense_y dense_x drop_1 drop_2 mask_x drop_3 join rnn",
                rnn("rnn").apply(joined(dropped(3, dense("dense_y", y)), masked)));
    }

    @Test
    void shouldCountWhatMergesDoWithMasks() {
        SymbolicTensor z = SymbolicTensor.input("z", List.of(4, 3));
        SymbolicTensor sum = rnn("rnn").apply(layer("Add", "add").apply(masked, masked("y", y)));
        SymbolicTensor other = rnn("rnn_z").apply(dropped(2, dense("dense_z", z)));
        Model model = Model.functional("m", List.of(x, y, z), List.of(joined(other, sum)));
        assertOrder("x y z dense_x dense_y dense_z drop_1 mask_x mask_y drop_2 add rnn_z rnn join", model);
    }

    @Test
    void shouldFollowMasksThroughLayersThatKeepThem() {
        SymbolicTensor first = layer("SimpleRNN", "rnn_1", Map.of("units", 3, "return_sequences", true))
                .apply(layer("LayerNormalization", "norm").apply(masked));
        SymbolicTensor second = rnn("rnn_2").apply(dropped(1, first));
        SymbolicTensor other =
                layer("Flatten", "flat").apply(layer("BatchNormalization", "bn").apply(dense("dense_y", y)));
        assertOrder("x dense_x mask_x y norm dense_y rnn_1 bn drop_1 flat rnn_2 join", joined(other, second));
    }

    @Test
    void shouldHandTheMaskToPooling() {
        assertOrder(
                "x y dense_x dense_y drop_1 mask_x pool_y pool_x join",
                branches(layer("GlobalAveragePooling1D", "pool_y"), layer("GlobalAveragePooling1D", "pool_x")));
    }

    @Test
    void shouldNotCountThemInCallsOfSeveralInputs() {
        SymbolicTensor query = dropped(1, dense("dense_y", y));
        Layer heads = layer("MultiHeadAttention", "attention", Map.of("num_heads", 1, "key_dim", 2));
        for (Layer attention : List.of(layer("Attention", "attention"), heads)) {
            assertOrder(
                    "y x dense_y dense_x drop_1 mask_x attention flat",
                    layer("Flatten", "flat").apply(attention.apply(query, masked)));
        }
        SymbolicTensor state = layer("Dense", "state", Map.of("units", 2))
                .apply(layer("Flatten", "flat").apply(dense("dense_y", y)));
        assertOrder("y x dense_y dense_x flat mask_x state rnn", rnn("rnn").apply(masked, state));
    }

    @Test
    void shouldHandTheMaskToAnInnerModel() {
        Map<String, Object> input =
                Map.of("class_name", "InputLayer", "config", Map.of("batch_shape", Arrays.asList(null, 4, 3)));
        Map<String, Object> rnn = Map.of("class_name", "SimpleRNN", "config", Map.of("units", 2));
        Layer inner = layer("Sequential", "inner", Map.of("layers", List.of(input, rnn)));
        assertOrder("x y dense_x dense_y drop_1 mask_x rnn_y inner join", branches(rnn("rnn_y"), inner));
    }
}
