package io.covey.trainer.keras;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.constraints.Constraint;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.attention.AttentionLayer;
import io.covey.trainer.layers.convolutional.DepthwiseConvolution;
import io.covey.trainer.layers.convolutional.SeparableConvolution;
import io.covey.trainer.layers.core.Embedding;
import io.covey.trainer.layers.custom.SameDiffLayer;
import io.covey.trainer.layers.normalization.BatchNormalization;
import io.covey.trainer.layers.preprocessing.Normalization;
import io.covey.trainer.model.ModelLayer;
import io.covey.trainer.regularizers.Regularizer;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Layers and what they are made of as Keras 3 writes them in JSON, here as maps and lists. */
final class KerasConfig {
    /** Arguments of Keras 2, what Keras notes beside the arguments of a layer, and what it has as arguments of calls. */
    private static final Set<String> NOT_OF_KERAS_3 = Set.of(
            "input_shape",
            "batch_input_shape",
            "batch_shape",
            "input_length",
            "dtype",
            "autocast",
            "build_config",
            "quantization_config",
            "time_major",
            "implementation",
            "renorm",
            "renorm_clipping",
            "renorm_momentum",
            "fused",
            "virtual_batch_size",
            "adjustment",
            "lora_rank",
            "lora_alpha",
            "weights",
            AttentionLayer.CAUSAL,
            "return_attention_scores");

    private static final String INPUT_DIM = "input_dim";
    private static final String AXIS = "axis";
    private static final String MEAN = "mean";
    private static final String VARIANCE = "variance";

    /** Arguments of Rescaling and pooling that Keras misses in a configuration, though it documents defaults. */
    private static final List<String> WITHOUT_DEFAULT = List.of("offset", "pool_size");

    /** Arguments that Keras 2 writes for convolutions of other kinds too, where they are of no effect. */
    private static final Set<String> OF_PLAIN_CONVOLUTIONS =
            Set.of("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint");

    private KerasConfig() {}

    /** A layer with the arguments that it was given; those that it was not given have the same defaults in Keras. */
    static Map<String, Object> layer(Layer layer, String name) {
        if (layer instanceof ModelLayer inner) {
            return ModelJson.model(inner.model(), name, layer.isTrainable());
        }
        Arguments arguments = layer.arguments();
        Map<String, Object> config = new LinkedHashMap<>();
        if (name != null) {
            config.put("name", name);
        }
        arguments.given().forEach((argument, given) -> {
            boolean isKnown = !NOT_OF_KERAS_3.contains(argument)
                    && !(argument.equals(INPUT_DIM) && !(layer instanceof Embedding));
            if (isKnown) {
                // An object's name, or its configuration in another form, is by now the object.
                Object read = arguments.values().get(argument);
                config.putIfAbsent(argument, value(isObject(read) ? read : given));
            }
        });
        adjust(layer, config);
        String module = layer instanceof SameDiffLayer ? null : "keras.layers";
        return object(module, layer.className(), config);
    }

    /** What Keras 3 wants in another form. */
    private static void adjust(Layer layer, Map<String, Object> config) {
        for (String name : WITHOUT_DEFAULT) {
            if (layer.arguments().values().containsKey(name)) {
                config.putIfAbsent(name, value(layer.arguments().values().get(name)));
            }
        }
        if (layer instanceof DepthwiseConvolution || layer instanceof SeparableConvolution) {
            config.keySet().removeAll(OF_PLAIN_CONVOLUTIONS);
        }
        if (layer instanceof BatchNormalization && config.get(AXIS) instanceof List<?> axes) {
            config.put(AXIS, axes.get(0));
        }
        if (layer instanceof Normalization) {
            // Both lists, or both numbers.
            Object mean = single(config.get(MEAN));
            Object variance = single(config.get(VARIANCE));
            config.put(MEAN, variance instanceof List<?> list ? spread(mean, list.size()) : mean);
            config.put(VARIANCE, mean instanceof List<?> list ? spread(variance, list.size()) : variance);
        }
    }

    private static Object single(Object numbers) {
        return numbers instanceof List<?> list && list.size() == 1 ? single(list.get(0)) : numbers;
    }

    private static Object spread(Object numbers, int size) {
        return numbers instanceof List<?> ? numbers : Collections.nCopies(size, numbers);
    }

    /** An object of Keras'. */
    static Map<String, Object> object(String module, String className, Map<String, Object> config) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("module", module);
        object.put("class_name", className);
        object.put("config", config);
        object.put("registered_name", module == null ? className : null);
        return object;
    }

    private static boolean isObject(Object value) {
        return value instanceof Activation
                || value instanceof Initializer
                || value instanceof Regularizer
                || value instanceof Constraint
                || value instanceof Layer;
    }

    private static Object value(Object value) {
        if (value instanceof Activation activation) {
            return activation.kerasName();
        }
        if (value instanceof Initializer initializer) {
            return object("keras.initializers", initializer.className(), values(initializer.config()));
        }
        if (value instanceof Regularizer regularizer) {
            return object("keras.regularizers", regularizer.className(), values(regularizer.config()));
        }
        if (value instanceof Constraint constraint) {
            return object("keras.constraints", constraint.className(), values(constraint.config()));
        }
        if (value instanceof Layer layer) {
            return layer(layer, layer.name());
        }
        if (value instanceof int[] numbers) {
            return Arrays.stream(numbers).boxed().toList();
        }
        return value instanceof List<?> list
                ? list.stream().map(KerasConfig::value).toList()
                : value;
    }

    private static Map<String, Object> values(Map<String, Object> config) {
        Map<String, Object> values = new LinkedHashMap<>();
        config.forEach((name, value) -> values.put(name, value(value)));
        return values;
    }
}
