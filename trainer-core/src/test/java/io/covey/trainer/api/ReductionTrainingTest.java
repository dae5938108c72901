package io.covey.trainer.api;

import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.callbacks.History;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.rnn.TimeDistributed;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.losses.Reduction;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.OutputOptions;
import io.covey.trainer.optimizer.Optimizers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.covey.trainer.api.FitArguments.fit;
import static io.covey.trainer.api.InferenceArguments.inference;
import static io.covey.trainer.api.Layers.dense;
import static io.covey.trainer.api.Layers.input;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Each reduction in fit and evaluate, against real Keras 3.15 on the same numbers: 10 samples in batches of 4, so that the last
 * batch is smaller, SGD of 0.01, two epochs.
 */
@Timeout(60)
class ReductionTrainingTest {
    private static final int ROWS = 10;
    private static final int BATCH = 4;
    /** Of float32 sums of up to a hundred terms near 1. */
    private static final double TOLERANCE = 2e-6;

    private static final float[][] KERNEL = {{.5f, -.25f}, {.125f, .75f}, {-.5f, .25f}};
    private static final float[] BIAS = {.1f, -.2f};

    private static INDArray inputs() {
        float[][] x = new float[ROWS][3];
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < 3; j++) {
                x[i][j] = ((7 * i + 3 * j) % 11 - 5) / 4f;
            }
        }
        return Nd4j.createFromArray(x);
    }

    private static float[][] targets() {
        float[][] y = new float[ROWS][2];
        for (int i = 0; i < ROWS; i++) {
            y[i][0] = ((5 * i + 2) % 7 - 3) / 2f;
            y[i][1] = ((3 * i + 1) % 5 - 2) / 2f;
        }
        return y;
    }

    private static float[] weights() {
        float[] weights = new float[ROWS];
        for (int i = 0; i < ROWS; i++) {
            weights[i] = (3 * i % 5) / 2f + .25f;
        }
        return weights;
    }

    @ParameterizedTest
    @CsvSource({
        "sum_over_batch_size, false, false, 1.5078341960906982, 1.4569145441055298, 1.4178764820098877, 0.48592129349708557",
        "sum_over_batch_size, true, false, 1.8875385522842407, 1.7922356128692627, 1.7188907861709595, 0.49486619234085083",
        "mean, true, false, 1.8875385522842407, 1.7922356128692627, 1.7188907861709595, 0.49486619234085083",
        "sum, false, false, 5.361493110656738, 4.740978717803955, 4.322495460510254, 0.42642834782600403",
        "sum, true, false, 6.5166916847229, 5.46967077255249, 4.787120819091797, 0.4434134364128113",
        "sum, false, true, 5.468756198883057, 4.807905673980713, 4.368010997772217, 0.4213939309120178",
        "none, false, false, 1.477481484413147, 1.3125079870224, 1.2009937763214111, 0.42642834782600403",
        "none, true, false, 1.8361451625823975, 1.5512378215789795, 1.3653968572616577, 0.4434134364128113",
        "mean_with_sample_weight, false, false, 1.5078341960906982, 1.4569145441055298, 1.4178764820098877, 0.48592129349708557",
        "mean_with_sample_weight, true, false, 1.570953130722046, 1.5043346881866455, 1.4532597064971924, 0.48955440521240234"
    })
    void shouldTrainAsKerasWithEachReduction(
            String reduction,
            boolean weighted,
            boolean penalized,
            double first,
            double second,
            double last,
            float weight) {
        Layer layer = penalized
                ? LayerTypes.create("Dense", Map.of("units", 2, "kernel_regularizer", Map.of("l2", Map.of("l2", 0.1))))
                : dense(2);
        Dataset data = Dataset.of(inputs(), Nd4j.createFromArray(targets()));
        Dataset samples = weighted ? data.sampleWeights(weights()) : data;
        for (int threads : new int[] {1, 2}) {
            try (KerasModel model = KerasModel.sequential(input(3), layer)) {
                model.setWeights(List.of(Nd4j.createFromArray(KERNEL), Nd4j.createFromArray(BIAS)));
                Loss loss = Losses.meanSquaredError().reduction(Reduction.of(reduction));
                model.compile(Optimizers.sgd(0.01), loss);
                History history = model.fit(samples, arguments().threads(threads));
                assertClose(List.of(first, second), history.metrics().get("loss"));
                assertEquals(
                        last,
                        model.evaluate(samples, inference().batchSize(BATCH).verbose(0))
                                .get("loss"),
                        TOLERANCE * last);
                assertEquals(weight, model.getWeights().get(0).getFloat(0, 0), TOLERANCE);
            }
        }
    }

    @Test
    void shouldAddTheSumOverPositionsWhenThereAreSeveralPerSample() {
        INDArray x = inputs();
        float[][] y = targets();
        float[][][] sequences = new float[ROWS][][];
        float[][][] labels = new float[ROWS][][];
        for (int i = 0; i < ROWS; i++) {
            float[] row = x.getRow(i).toFloatVector();
            float[] halved = {row[0] / 2, row[1] / 2, row[2] / 2};
            sequences[i] = new float[][] {row, x.getRow(ROWS - 1 - i).toFloatVector(), halved};
            labels[i] = new float[][] {y[i], {y[i][0] / 2, y[i][1] / 2}, y[ROWS - 1 - i]};
        }
        Dataset data = Dataset.of(Nd4j.createFromArray(sequences), Nd4j.createFromArray(labels));
        Map<Reduction, List<Double>> logged = Map.of(
                Reduction.SUM, List.of(9.81623649597168, 8.42748737335205),
                Reduction.NONE, List.of(0.9251890182495117, 0.7975637912750244));
        logged.forEach((reduction, expected) -> {
            try (KerasModel model = KerasModel.sequential(input(3, 3), dense(2))) {
                model.setWeights(List.of(Nd4j.createFromArray(KERNEL), Nd4j.createFromArray(BIAS)));
                model.compile(Optimizers.sgd(0.01), Losses.meanSquaredError().reduction(reduction));
                assertClose(expected, model.fit(data, arguments()).metrics().get("loss"));
                assertEquals(0.3526065945625305, model.getWeights().get(0).getFloat(0, 0), TOLERANCE);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "sum_over_batch_size, sum_over_batch_size, 1, 1, 2.2803962230682373, 1.4831628799438477, 0.9119765162467957, 0.4988313317298889",
        "sum, sum_over_batch_size, 0.5, 2, 4.208583354949951, 4.963110446929932, 0.8789504170417786, 0.4884534478187561",
        "none, sum_over_batch_size, 0.5, 2, 2.0316693782806396, 1.4693704843521118, 0.7359504699707031, 0.5236127376556396",
        "none, none, 0.5, 2, 2.0316693782806396, 1.4693704843521118, 0.6484920382499695, 0.5236127376556396",
        "none, sum, 0.5, 2, 4.990560531616211, 1.4546736478805542, 2.126941442489624, 0.6120925545692444"
    })
    void shouldAddOutputsLossesAsKerasWhenTheirReductionsDiffer(
            String first,
            String second,
            double firstWeight,
            double secondWeight,
            double loss,
            double a,
            double c,
            float weight) {
        SymbolicTensor x = SymbolicTensor.input("x", List.of(3));
        SymbolicTensor pair = new Dense(2, Activation.LINEAR).named("a").apply(x);
        SymbolicTensor one = new Dense(1, Activation.LINEAR).named("c").apply(pair);
        float[][] y = targets();
        float[][] z = new float[ROWS][1];
        for (int i = 0; i < ROWS; i++) {
            z[i][0] = y[i][0] * .5f + inputs().getFloat(i, 0);
        }
        Dataset data = Dataset.of(List.of(inputs()), List.of(Nd4j.createFromArray(y), Nd4j.createFromArray(z)));
        CompileOptions options =
                new CompileOptions(List.of(output(first, firstWeight), output(second, secondWeight)), Map.of());
        try (KerasModel model = KerasModel.functional(List.of(x), List.of(pair, one))) {
            model.setWeights(List.of(
                    Nd4j.createFromArray(KERNEL),
                    Nd4j.createFromArray(BIAS),
                    Nd4j.createFromArray(new float[][] {{.5f}, {-1}}),
                    Nd4j.createFromArray(.25f)));
            model.compile(Optimizers.sgd(0.01), options);
            Map<String, List<Double>> logs = model.fit(data, arguments()).metrics();
            assertEquals(loss, logs.get("loss").get(0), TOLERANCE * loss);
            assertEquals(a, logs.get("a_loss").get(0), TOLERANCE * a);
            assertEquals(c, logs.get("c_loss").get(0), TOLERANCE * c);
            assertEquals(weight, model.getWeights().get(0).getFloat(0, 0), TOLERANCE);
        }
    }

    @Test
    void shouldAverageOverThePositionsOfTheWholeBatchThatAMaskLetsCount() {
        float[][][] x = new float[ROWS][3][2];
        float[][][] y = new float[ROWS][3][1];
        for (int i = 0; i < ROWS; i++) {
            for (int t = 0; t < 3; t++) {
                for (int j = 0; j < 2 && (i + t) % 4 != 0; j++) {
                    x[i][t][j] = ((7 * i + 3 * t + j) % 11 - 5) / 4f + .05f;
                }
                y[i][t][0] = ((5 * i + 2 * t) % 7 - 3) / 2f;
            }
        }
        Dataset data = Dataset.of(Nd4j.createFromArray(x), Nd4j.createFromArray(y));
        for (int threads : new int[] {1, 2}) {
            try (KerasModel model = KerasModel.sequential(
                    input(3, 2), LayerTypes.create("Masking", Map.of()), new TimeDistributed(dense(1)))) {
                model.setWeights(
                        List.of(Nd4j.createFromArray(new float[][] {{.5f}, {-.25f}}), Nd4j.createFromArray(.1f)));
                model.compile(Optimizers.sgd(0.05), Losses.meanSquaredError());
                History history = model.fit(data, arguments().threads(threads));
                assertClose(
                        List.of(1.2950128316879272, 1.1499545574188232),
                        history.metrics().get("loss"));
                assertEquals(0.2590841054916382, model.getWeights().get(0).getFloat(0, 0), TOLERANCE);
            }
        }
    }

    @Test
    void shouldRefuseNoReductionWhenPenaltiesAreToBeAdded() {
        Layer layer = LayerTypes.create("Dense", Map.of("units", 2, "activity_regularizer", "l2"));
        try (KerasModel model = KerasModel.sequential(input(3), layer)) {
            Loss loss = Losses.meanSquaredError().reduction(Reduction.NONE);
            CoveyException refused =
                    assertThrows(CoveyException.class, () -> model.compile(Optimizers.sgd(0.01), loss));
            assertTrue(refused.getMessage().contains("regularizers"), refused.getMessage());
        }
    }

    private static FitArguments arguments() {
        return fit().batchSize(BATCH).epochs(2).shuffle(false).verbose(0);
    }

    private static OutputOptions output(String reduction, double weight) {
        return new OutputOptions(
                Losses.meanSquaredError().reduction(Reduction.of(reduction)), weight, List.of(), List.of());
    }

    private static void assertClose(List<Double> expected, List<Double> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(
                    expected.get(i), actual.get(i), TOLERANCE * expected.get(i), Arrays.toString(actual.toArray()));
        }
    }
}
