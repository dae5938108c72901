package io.covey.trainer.gradients;

import io.covey.trainer.layers.Layer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static io.covey.trainer.gradients.Specimen.layer;

/** Layers to check by Keras' class name: every class that a model can name has some, on small inputs. */
public final class LayerSpecimens {
    private static final List<Integer> VECTOR = List.of(5);
    private static final List<Integer> SEQUENCE = List.of(5, 3);
    private static final List<Integer> IMAGE = List.of(6, 5, 2);
    private static final List<Integer> VOLUME = List.of(4, 3, 4, 2);
    private static final List<List<Integer>> BY_RANK = List.of(List.of(7, 3), IMAGE, VOLUME);

    private final Map<String, List<Specimen>> byClass = new TreeMap<>();

    private LayerSpecimens() {
        core();
        elementwise();
        convolutions();
        pooling();
        normalizations();
        merging();
        attention();
        reshaping();
        noise();
        preprocessing();
        recurrent();
        shared();
        models();
    }

    public static Map<String, List<Specimen>> byClass() {
        return new LayerSpecimens().byClass;
    }

    private void add(String className, Specimen... specimens) {
        byClass.computeIfAbsent(className, name -> new ArrayList<>()).addAll(Arrays.asList(specimens));
    }

    /** One layer on one shape. */
    private void add(String className, List<Integer> shape, Object... arguments) {
        add(className, Specimen.of(layer(className, arguments), shape));
    }

    private void core() {
        add("InputLayer", Specimen.of(layer("Dense", "units", 2), VECTOR));
        add("Dense", VECTOR, "units", 4);
        add("Dense", SEQUENCE, "units", 4, "use_bias", false, "activation", "relu");
        add("Dense", IMAGE, "units", 3, "activation", "tanh", "activity_regularizer", Map.of("class_name", "L2"));
        add("Dense", VECTOR, "units", 3, "activation", layer("ELU", "alpha", 0.5), "activity_regularizer", "l2");
        add("Flatten", IMAGE);
        add("Activation", SEQUENCE, "activation", layer("Softmax"));
        add("Activation", SEQUENCE, "activation", "sigmoid");
        add("Identity", IMAGE);
        add(
                "Identity",
                Specimen.of(layer("Identity"), VECTOR).behind(layer("Dense", "units", 3, "activation", "tanh")));
        add(
                "Embedding",
                Specimen.of(layer("Embedding", "input_dim", 5, "output_dim", 3), List.of(6))
                        .integers(5));
        add(
                "Masking",
                Specimen.of(layer("TimeDistributed", "layer", layer("Dense", "units", 2)), SEQUENCE)
                        .masked());
    }

    private void elementwise() {
        add("ReLU", SEQUENCE);
        add("ReLU", SEQUENCE, "negative_slope", 0.25, "max_value", 1.0, "threshold", 0.5);
        add("LeakyReLU", IMAGE, "negative_slope", 0.3);
        add("PReLU", IMAGE, "shared_axes", List.of(1, 2));
        add("PReLU", SEQUENCE);
        add("ELU", SEQUENCE, "alpha", 0.7);
        add("Softmax", SEQUENCE);
        add("Softmax", IMAGE, "axis", 1);
        add("Softmax", IMAGE, "axis", List.of(1, 2));
        add("Softmax", IMAGE, "axis", List.of(1, 3));
    }

    private void convolutions() {
        for (int rank = 1; rank <= 3; rank++) {
            convolutions("Conv", rank + "D", BY_RANK.get(rank - 1));
            convolutions("Convolution", rank + "D", BY_RANK.get(rank - 1));
        }
        add("Conv1D", SEQUENCE, "filters", 2, "kernel_size", 3, "padding", "causal");
        add("Conv2D", IMAGE, "filters", 3, "kernel_size", 2, "activity_regularizer", "l2");
        for (int rank = 1; rank <= 2; rank++) {
            List<Integer> shape = BY_RANK.get(rank - 1);
            String depthwise = "DepthwiseConv" + rank + "D";
            add(depthwise, shape, "kernel_size", 2, "depth_multiplier", 2, "padding", "same");
            add(depthwise, shape, "kernel_size", 3, "activation", "tanh", "use_bias", false);
        }
    }

    private void convolutions(String word, String axes, List<Integer> shape) {
        String name = word + axes;
        add(name, shape, "filters", 4, "kernel_size", 2);
        add(name, shape, "filters", 3, "kernel_size", 3, "padding", "same", "strides", 2);
        add(name, few(shape), "filters", 4, "kernel_size", 2, "padding", "same", "activation", "relu");
        add(name, shape, "filters", 2, "kernel_size", 2, "dilation_rate", 2, "use_bias", false);
        add(name, grouped(shape), "filters", 6, "kernel_size", 2, "groups", 2, "activation", "gelu");
        String transposed = name + "Transpose";
        add(transposed, shape, "filters", 3, "kernel_size", 2, "strides", 2);
        add(
                transposed,
                shape,
                "filters",
                2,
                "kernel_size",
                3,
                "padding",
                "same",
                "strides",
                2,
                "activation",
                "softmax");
        if (shape.size() < 4) {
            String separable = "Separable" + name;
            add(separable, shape, "filters", 3, "kernel_size", 2, "depth_multiplier", 2);
            add(separable, few(shape), "filters", 2, "kernel_size", 3, "padding", "same", "activation", "relu");
        }
    }

    /** Places of an image so few that most steps meet no kink of a relu. */
    private static List<Integer> few(List<Integer> shape) {
        List<Integer> places = new ArrayList<>(Collections.nCopies(shape.size() - 1, 2));
        places.add(shape.get(shape.size() - 1));
        return places;
    }

    private static List<Integer> grouped(List<Integer> shape) {
        List<Integer> wider = new ArrayList<>(shape);
        wider.set(shape.size() - 1, 4);
        return wider;
    }

    private void pooling() {
        for (int rank = 1; rank <= 3; rank++) {
            List<Integer> shape = BY_RANK.get(rank - 1);
            for (String kind : List.of("Max", "Average")) {
                for (String word : List.of("Pooling", "Pool")) {
                    String shortKind = word.equals("Pool") && kind.equals("Average") ? "Avg" : kind;
                    String windowed = shortKind + word + rank + "D";
                    add(windowed, shape, "pool_size", 2);
                    add(windowed, shape, "pool_size", 3, "strides", 2, "padding", "same");
                    add("Global" + windowed, shape);
                    add("Global" + windowed, shape, "keepdims", true);
                }
            }
        }
        add(
                "GlobalAveragePooling1D",
                Specimen.of(layer("GlobalAveragePooling1D"), SEQUENCE).masked());
        // A blocked format goes in where a convolution comes before.
        Layer before = layer("Conv2D", "filters", 8, "kernel_size", 1);
        for (String name :
                List.of("MaxPooling2D", "AveragePooling2D", "GlobalMaxPooling2D", "GlobalAveragePooling2D")) {
            add(name, Specimen.of(layer(name), List.of(4, 4, 2)).behind(before));
        }
    }

    private void normalizations() {
        add("BatchNormalization", VECTOR);
        add("BatchNormalization", IMAGE, "axis", 1, "scale", false);
        add("BatchNormalization", SEQUENCE, "center", false, "epsilon", 0.1);
        add(
                "BatchNormalization",
                Specimen.of(layer("BatchNormalization"), IMAGE).inference());
        add("BatchNormalization", IMAGE, "trainable", false);
        add(
                "BatchNormalization",
                Specimen.of(layer("BatchNormalization"), IMAGE)
                        .behind(layer("Conv2D", "filters", 3, "kernel_size", 2, "use_bias", false)));
        add("LayerNormalization", SEQUENCE);
        add("LayerNormalization", IMAGE, "axis", List.of(1, 3));
        add("LayerNormalization", VECTOR, "center", false, "scale", false);
        add("LayerNormalization", VECTOR, "rms_scaling", true);
        add("GroupNormalization", grouped(IMAGE), "groups", 2);
        add("GroupNormalization", grouped(SEQUENCE), "groups", -1, "scale", false);
        add("GroupNormalization", IMAGE, "groups", 1, "axis", -1, "center", false);
        add("RMSNormalization", SEQUENCE);
        add("UnitNormalization", SEQUENCE);
        add("UnitNormalization", SEQUENCE, "axis", 1);
    }

    private void merging() {
        for (String name : List.of("Add", "Multiply", "Average", "Maximum", "Minimum")) {
            add(name, Specimen.of(layer(name), SEQUENCE, SEQUENCE, SEQUENCE));
            add(name, Specimen.of(layer(name), SEQUENCE, List.of(1, 3), List.of(3)));
        }
        add("Subtract", Specimen.of(layer("Subtract"), SEQUENCE, List.of(5, 1)));
        add("Concatenate", Specimen.of(layer("Concatenate"), SEQUENCE, List.of(5, 2)));
        add("Concatenate", Specimen.of(layer("Concatenate", "axis", 1), SEQUENCE, List.of(2, 3)));
        add("Dot", Specimen.of(layer("Dot", "axes", 1), SEQUENCE, List.of(5, 2)));
        add("Dot", Specimen.of(layer("Dot", "axes", List.of(2, 1), "normalize", true), SEQUENCE, List.of(3)));
    }

    private void attention() {
        List<Integer> value = List.of(4, 3);
        List<Integer> wide = List.of(4, 2);
        add("Attention", Specimen.of(layer("Attention"), SEQUENCE, value));
        add("Attention", Specimen.of(layer("Attention", "use_scale", true), SEQUENCE, wide, value));
        add("Attention", masked("Attention", "use_scale", true, "use_causal_mask", true));
        add("Attention", masked("Attention", "score_mode", "concat", "dropout", 0.4));
        add("AdditiveAttention", Specimen.of(layer("AdditiveAttention"), SEQUENCE, value));
        add("AdditiveAttention", masked("AdditiveAttention", "use_scale", false));
        // A bias of the key moves all scores of a step alike: its gradient is 0. The golden cases have biases.
        String heads = "MultiHeadAttention";
        Layer plain = layer(heads, "num_heads", 2, "key_dim", 3, "use_bias", false);
        add(
                heads,
                Specimen.of(plain, SEQUENCE, value),
                Specimen.of(plain, SEQUENCE, value).twice());
        add(
                heads,
                Specimen.of(
                        layer(
                                heads,
                                "num_heads",
                                2,
                                "key_dim",
                                2,
                                "value_dim",
                                3,
                                "output_shape",
                                List.of(2, 2),
                                "use_bias",
                                false),
                        SEQUENCE,
                        wide,
                        value));
        add(heads, masked(heads, "num_heads", 2, "key_dim", 2, "use_gate", true, "use_bias", false, "dropout", 0.3));
        Layer window = layer(
                heads, "num_heads", 1, "key_dim", 2, "sliding_window", 3, "use_causal_mask", true, "use_bias", false);
        add(heads, Specimen.of(window, SEQUENCE, SEQUENCE).masked());
        groups("num_query_heads", 4, "num_key_value_heads", 2);
        groups("num_query_heads", 3, "num_key_value_heads", 1, "use_gate", true, "dropout", 0.3);
        groups("num_query_heads", 2, "num_key_value_heads", 2, "sliding_window", 2, "use_causal_mask", true);
    }

    private void groups(Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("head_dim", 2, "use_bias", false));
        all.addAll(List.of(arguments));
        Layer layer = layer("GroupQueryAttention", all.toArray());
        add(
                "GroupQueryAttention",
                Specimen.of(layer, SEQUENCE, List.of(4, 3)),
                Specimen.of(layer, SEQUENCE, List.of(4, 3), List.of(4, 2)),
                Specimen.of(layer, SEQUENCE, List.of(5, 3)).masked());
    }

    private static Specimen masked(String className, Object... arguments) {
        return Specimen.of(layer(className, arguments), SEQUENCE, List.of(5, 3)).masked();
    }

    private void reshaping() {
        add("Reshape", SEQUENCE, "target_shape", List.of(3, -1));
        add("Permute", IMAGE, "dims", List.of(3, 1, 2));
        add("RepeatVector", VECTOR, "n", 3);
        add("ZeroPadding1D", SEQUENCE, "padding", List.of(1, 2));
        add("ZeroPadding2D", IMAGE, "padding", List.of(List.of(1, 0), List.of(2, 1)));
        add("ZeroPadding3D", VOLUME, "padding", List.of(1, 2, 0));
        add("Cropping1D", SEQUENCE, "cropping", List.of(0, 1));
        add("Cropping2D", IMAGE, "cropping", List.of(List.of(1, 0), List.of(0, 1)));
        add("Cropping3D", VOLUME, "cropping", List.of(List.of(1, 0), List.of(0, 1), List.of(0, 0)));
        add("UpSampling1D", SEQUENCE, "size", 3);
        add("UpSampling2D", IMAGE, "size", List.of(2, 3));
        add("UpSampling2D", IMAGE, "size", List.of(2, 3), "interpolation", "bilinear");
        add("UpSampling2D", IMAGE, "data_format", "channels_first", "interpolation", "bilinear");
        add("UpSampling3D", List.of(2, 2, 1, 2), "size", List.of(1, 2, 3));
    }

    private void noise() {
        add("Dropout", SEQUENCE, "rate", 0.4);
        add("Dropout", SEQUENCE, "rate", 0.4, "noise_shape", Arrays.asList(null, 1, 3));
        add("Dropout", Specimen.of(layer("Dropout", "rate", 0.4), VECTOR).inference());
        for (int rank = 1; rank <= 3; rank++) {
            add("SpatialDropout" + rank + "D", BY_RANK.get(rank - 1), "rate", 0.3);
        }
        add("AlphaDropout", SEQUENCE, "rate", 0.3);
        add("GaussianDropout", SEQUENCE, "rate", 0.3);
        add("GaussianNoise", SEQUENCE, "stddev", 0.3);
        add("ActivityRegularization", SEQUENCE, "l1", 0.5, "l2", 0.25);
    }

    private void preprocessing() {
        add("Rescaling", SEQUENCE, "scale", 0.5, "offset", 1.0);
        add("Normalization", SEQUENCE, "mean", 0.5, "variance", List.of(1, 4, 0.25));
        add("Normalization", SEQUENCE, "mean", 0, "variance", 4, "invert", true, "axis", null);
        add("RandomFlip", IMAGE);
        add("RandomTranslation", IMAGE, "height_factor", 0.3, "width_factor", 0.2);
        add("RandomRotation", IMAGE, "factor", 0.2, "fill_mode", "constant");
        add("RandomZoom", IMAGE, "height_factor", 0.5, "fill_mode", "nearest");
        add("RandomContrast", IMAGE, "factor", 0.5, "value_range", List.of(-1e9, 1e9));
    }

    private void recurrent() {
        for (String name : List.of("SimpleRNN", "LSTM", "GRU")) {
            add(name, SEQUENCE, "units", 3);
            add(name, SEQUENCE, "units", 2, "return_sequences", true, "go_backwards", true, "use_bias", false);
            add(name, SEQUENCE, "units", 2, "return_state", true, "return_sequences", true, "activation", "gelu");
            add(name, SEQUENCE, "units", 2, "dropout", 0.4, "recurrent_dropout", 0.3);
            add(name, masked(layer(name, "units", 2)), masked(layer(name, "units", 2, "return_sequences", true)));
            add(name, masked(layer(name, "units", 2, "return_sequences", true, "zero_output_for_mask", true)));
            add(name, masked(layer(name, "units", 2, "return_state", true, "dropout", 0.4)));
            Object[] inputs = new Object[name.equals("LSTM") ? 3 : 2];
            Arrays.fill(inputs, List.of(2));
            inputs[0] = SEQUENCE;
            add(name, Specimen.of(layer(name, "units", 2, "return_state", true), inputs));
            add("Bidirectional", masked(layer("Bidirectional", "layer", layer(name, "units", 2))));
        }
        add("GRU", SEQUENCE, "units", 3, "reset_after", false, "recurrent_activation", "hard_sigmoid");
        add("GRU", masked(layer("GRU", "units", 2, "reset_after", false, "recurrent_dropout", 0.3)));
        add("LSTM", SEQUENCE, "units", 3, "recurrent_activation", "hard_sigmoid", "activation", "softsign");
        for (String mode : List.of("concat", "sum", "mul", "ave")) {
            Layer inner = layer("GRU", "units", 2, "return_sequences", true);
            add("Bidirectional", SEQUENCE, "layer", inner, "merge_mode", mode);
        }
        Map<String, Object> none = Collections.singletonMap("merge_mode", null);
        add("Bidirectional", SEQUENCE, "layer", layer("SimpleRNN", "units", 2), "merge_mode", none.get("merge_mode"));
        add("TimeDistributed", List.of(3, 4, 3, 2), "layer", layer("Conv2D", "filters", 2, "kernel_size", 2));
        add("TimeDistributed", masked(layer("TimeDistributed", "layer", layer("Dense", "units", 2))));
    }

    private void shared() {
        add("Dense", Specimen.of(layer("Dense", "units", 3), VECTOR).twice());
        add(
                "Conv2D",
                Specimen.of(layer("Conv2D", "filters", 8, "kernel_size", 2), IMAGE)
                        .twice());
        add(
                "BatchNormalization",
                Specimen.of(layer("BatchNormalization"), VECTOR).twice());
        add(
                "LayerNormalization",
                Specimen.of(layer("LayerNormalization"), VECTOR).twice());
        add("PReLU", Specimen.of(layer("PReLU"), VECTOR).twice());
        add("LSTM", Specimen.of(layer("LSTM", "units", 2), SEQUENCE).twice());
        add("GRU", Specimen.of(layer("GRU", "units", 2), SEQUENCE).masked().twice());
        add(
                "Embedding",
                Specimen.of(layer("Embedding", "input_dim", 5, "output_dim", 3), List.of(6))
                        .integers(5)
                        .twice());
    }

    /** Models as layers of others, in Keras' configuration: two Dense layers, in a graph with the sum of both. */
    private void models() {
        Map<String, Object> input = written("InputLayer", "in", Map.of("batch_shape", Arrays.asList(null, 5)));
        Map<String, Object> hidden = written("Dense", "hidden", Map.of("units", 5, "activation", "tanh"), "in");
        Map<String, Object> other = written("Dense", "other", Map.of("units", 5), "hidden");
        Object[] stack = {"name", "inner", "layers", List.of(input, hidden, other)};
        Object[] graph = {
            "name",
            "inner",
            "layers",
            List.of(input, hidden, other, written("Add", "sum", Map.of(), "hidden", "other")),
            "input_layers",
            List.of(reference("in")),
            "output_layers",
            List.of(reference("sum"))
        };
        add("Sequential", VECTOR, stack);
        add("Sequential", Specimen.of(layer("Sequential", stack), VECTOR).twice());
        add("Functional", VECTOR, graph);
        add("Functional", Specimen.of(layer("Functional", graph), VECTOR).twice());
        add("Model", VECTOR, graph);
    }

    private static Map<String, Object> written(
            String className, String name, Map<String, Object> arguments, String... inputs) {
        Map<String, Object> config = new TreeMap<>(arguments);
        config.put("name", name);
        List<Object> calls = inputs.length == 0
                ? List.of()
                : List.of(Arrays.stream(inputs).map(LayerSpecimens::reference).toList());
        return Map.of("class_name", className, "name", name, "config", config, "inbound_nodes", calls);
    }

    private static List<Object> reference(String layer) {
        return List.of(layer, 0, 0);
    }

    private static Specimen masked(Layer layer) {
        return Specimen.of(layer, SEQUENCE).masked();
    }
}
