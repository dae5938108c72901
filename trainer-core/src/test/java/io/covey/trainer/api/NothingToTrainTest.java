package io.covey.trainer.api;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.callbacks.History;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.OutputOptions;
import io.covey.trainer.optimizer.Optimizers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.covey.trainer.api.FitArguments.fit;
import static io.covey.trainer.api.Layers.dense;
import static io.covey.trainer.api.Layers.dropout;
import static io.covey.trainer.api.Layers.flatten;
import static io.covey.trainer.api.Layers.input;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

/** Keras trains a model without a trainable weight as it trains any other: losses are reported, nothing changes. */
@Timeout(60)
class NothingToTrainTest {
    private static final int ROWS = 10;
    private static final int FEATURES = 3;

    private static final INDArray X =
            Nd4j.linspace(DataType.FLOAT, -1, 0.1, ROWS * FEATURES).reshape(ROWS, FEATURES);
    private static final INDArray Y =
            Nd4j.linspace(DataType.FLOAT, 0, 0.1, ROWS * 2).reshape(ROWS, 2);

    private static History fitAndExpectTheSameWeights(KerasModel model, String optimizer) {
        model.compile(Optimizers.of(optimizer, Map.of()), Losses.of("mse"));
        List<float[]> before = weights(model);
        History history =
                model.fit(Dataset.of(X, Y), fit().verbose(0).batchSize(4).epochs(2));
        for (int i = 0; i < before.size(); i++) {
            assertArrayEquals(before.get(i), weights(model).get(i), "weight " + i);
        }
        return history;
    }

    private static List<float[]> weights(KerasModel model) {
        return model.getWeights().stream()
                .map(weight -> weight.data().asFloat())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "adam", "lamb", "adafactor"})
    void shouldLeaveFrozenWeightsAsTheyAre(String optimizer) {
        try (KerasModel model = KerasModel.sequential(
                input(FEATURES), dense(4, Activation.RELU).trainable(false), dropout(0.5), dense(2).trainable(false))) {
            List<Double> losses =
                    fitAndExpectTheSameWeights(model, optimizer).metrics().get("loss");
            assertEquals(2, losses.size());
            assertEquals(6, model.iterations());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "adam"})
    void shouldTrainModelsWithoutAnyWeight(String optimizer) {
        try (KerasModel model =
                KerasModel.sequential(input(2), LayerTypes.create("Rescaling", Map.of("scale", 0.5)), flatten())) {
            model.compile(Optimizers.of(optimizer, Map.of()), Losses.of("mse"));
            INDArray x = Nd4j.ones(ROWS, 2);
            History history = model.fit(Dataset.of(x, x), fit().verbose(0).batchSize(4));
            assertEquals(0.25, history.metrics().get("loss").get(0), 1e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "adam"})
    void shouldStillMoveStatistics(String optimizer) {
        try (KerasModel model = KerasModel.sequential(
                input(2), LayerTypes.create("BatchNormalization", Map.of("center", false, "scale", false)))) {
            model.compile(Optimizers.of(optimizer, Map.of()), Losses.of("mse"));
            INDArray x = Nd4j.ones(ROWS, 2);
            model.fit(Dataset.of(x, x), fit().verbose(0).batchSize(5));
            assertNotEquals(0f, model.getWeights().get(0).getFloat(0));
        }
    }

    @Test
    void shouldTrainAClassifierOfFrozenLayers() {
        try (KerasModel model = KerasModel.sequential(
                input(FEATURES), dense(4, Activation.SOFTMAX).trainable(false))) {
            model.compile(Optimizers.sgd(0.1), Losses.sparseCategoricalCrossentropy());
            float[] before = weights(model).get(0);
            INDArray labels = Nd4j.zeros(DataType.INT32, ROWS);
            model.fit(Dataset.of(Nd4j.ones(DataType.FLOAT, ROWS, FEATURES), labels), fit().verbose(0));
            assertArrayEquals(before, weights(model).get(0));
        }
    }

    @Test
    void shouldTrainOneOutputWhenAnotherIsFrozen() {
        SymbolicTensor in = SymbolicTensor.input("in", List.of(FEATURES));
        SymbolicTensor frozen = dense(2).trainable(false).apply(in);
        SymbolicTensor trained = dense(2).apply(in);
        try (KerasModel model = KerasModel.functional(List.of(in), List.of(frozen, trained))) {
            OutputOptions mse = new OutputOptions(Losses.of("mse"), 1, List.of(), List.of());
            model.compile(Optimizers.sgd(0.1), CompileOptions.of(mse, mse));
            List<float[]> before = weights(model);
            model.fit(Dataset.of(List.of(X), List.of(Y, Y)), fit().verbose(0));
            assertArrayEquals(before.get(0), weights(model).get(0));
            assertNotEquals(before.get(2)[0], weights(model).get(2)[0]);
        }
    }
}
