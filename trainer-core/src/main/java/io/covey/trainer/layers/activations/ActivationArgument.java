package io.covey.trainer.layers.activations;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NamedConfig;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import java.io.Serializable;
import java.util.Map;

/**
 * A layer's {@code activation}: one of Keras' functions, or an activation layer with arguments of its own, as in Keras'
 * {@code Dense(8, activation=LeakyReLU(0.2))}.
 *
 * @param function {@link Activation#LINEAR} beside a layer
 * @param layer called on what the function gives; null for none
 */
public record ActivationArgument(Activation function, Layer layer) implements Serializable {
    private static final Map<String, String> BY_FUNCTION =
            Map.of("relu", "ReLU", "leaky_relu", "LeakyReLU", "elu", "ELU", "softmax", "Softmax");

    /**
     * Reads the argument; linear when it is missing.
     *
     * @throws io.covey.trainer.CoveyException a caller's error when it is neither a function nor an activation layer without
     *     weights
     */
    public static ActivationArgument read(Arguments arguments, String name) {
        Object written = arguments.given().get(name);
        if (!(written instanceof Layer) && layerClass(name, written) == null) {
            return new ActivationArgument(Activation.argument(arguments, name, Activation.LINEAR), null);
        }
        Layer layer = arguments.object(name, Layer.class, null, ActivationArgument::layer);
        if (layer instanceof ReLU || layer instanceof LeakyReLU || layer instanceof ELU || layer instanceof Softmax) {
            return new ActivationArgument(Activation.LINEAR, layer);
        }
        throw arguments.error(
                name,
                "is the layer " + layer.className()
                        + ", expected a function such as relu, or one of the layers ReLU, LeakyReLU,"
                        + " ELU and Softmax; any other is to follow as a layer of its own");
    }

    private static Layer layer(String what, Object written) {
        return LayerTypes.create(
                layerClass(what, written), NamedConfig.of(what, written).arguments());
    }

    /** What is written as a class of layers, or as a name with arguments, which a function would not take; else null. */
    private static String layerClass(String what, Object written) {
        if (!(written instanceof Map)) {
            return null;
        }
        NamedConfig config = NamedConfig.of(what, written);
        if (LayerTypes.classNames().containsValue(config.name())) {
            return config.name();
        }
        return config.arguments().isEmpty() ? null : BY_FUNCTION.get(config.name());
    }

    /** Whether every output number depends on the input number in its place only. */
    public boolean isElementWise() {
        return function.isElementWise() && !(layer instanceof Softmax);
    }

    /** Keras' name, for messages. */
    public String kerasName() {
        return layer == null ? function.kerasName() : layer.className();
    }
}
