package io.covey.trainer.api;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.convolutional.Conv2D;
import io.covey.trainer.layers.core.ActivationLayer;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Embedding;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.layers.core.InputLayer;
import io.covey.trainer.layers.normalization.BatchNormalization;
import io.covey.trainer.layers.normalization.LayerNormalization;
import io.covey.trainer.layers.pooling.AveragePooling2D;
import io.covey.trainer.layers.pooling.GlobalAveragePooling2D;
import io.covey.trainer.layers.pooling.MaxPooling2D;
import io.covey.trainer.layers.regularization.Dropout;
import io.covey.trainer.layers.rnn.GRU;
import io.covey.trainer.layers.rnn.LSTM;
import java.util.List;
import java.util.Map;

/**
 * The layers that most models are made of, by Keras' names; optional arguments follow as a chain, as in {@code
 * dense(10).useBias(false)}. {@link #layer} makes any of Keras'.
 */
public final class Layers {
    private Layers() {}

    /**
     * Any layer.
     *
     * @param name Keras' class name, or the same in snake_case
     * @param arguments under Keras' names
     * @throws io.covey.trainer.CoveyException a caller's error that says what was probably meant
     */
    public static Layer layer(String name, Map<String, Object> arguments) {
        return LayerTypes.create(name, arguments);
    }

    /** A Sequential's input, first in its layers. */
    public static InputLayer input(Integer... shape) {
        return new InputLayer(null, List.of(shape));
    }

    public static Flatten flatten() {
        return new Flatten();
    }

    /** As the first layer of a Sequential, for samples of this shape. */
    public static Flatten flatten(Integer... inputShape) {
        return new Flatten(Arguments.of("Flatten", Map.of("input_shape", List.of(inputShape))));
    }

    public static Dense dense(int units) {
        return new Dense(units, Activation.LINEAR);
    }

    public static Dense dense(int units, Activation activation) {
        return new Dense(units, activation);
    }

    public static ActivationLayer activation(Activation activation) {
        return new ActivationLayer(activation);
    }

    public static Dropout dropout(double rate) {
        return new Dropout(rate);
    }

    public static BatchNormalization batchNormalization() {
        return new BatchNormalization();
    }

    public static LayerNormalization layerNormalization() {
        return new LayerNormalization();
    }

    public static Conv2D conv2D(int filters, int kernelSize) {
        return new Conv2D(filters, kernelSize, Activation.LINEAR);
    }

    public static Conv2D conv2D(int filters, int kernelSize, Activation activation) {
        return new Conv2D(filters, kernelSize, activation);
    }

    public static MaxPooling2D maxPooling2D(int poolSize) {
        return new MaxPooling2D(poolSize);
    }

    public static AveragePooling2D averagePooling2D(int poolSize) {
        return new AveragePooling2D(poolSize);
    }

    public static GlobalAveragePooling2D globalAveragePooling2D() {
        return new GlobalAveragePooling2D();
    }

    public static Embedding embedding(int inputDim, int outputDim) {
        return new Embedding(inputDim, outputDim);
    }

    public static LSTM lstm(int units) {
        return new LSTM(units);
    }

    public static GRU gru(int units) {
        return new GRU(units);
    }
}
