package io.covey.trainer.engine.loss;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.ProgramOptions;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.losses.Reduction;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.OutputOptions;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.testing.Models;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Losses and metrics at the end of programs. */
@Timeout(60)
class CompiledObjectiveTest {
    private static final long SEED = 11;
    private static final int ROWS = 4;
    private static final int STEPS = 5;
    private static final int FEATURES = 4;
    private static final float STEP = 1f / 64;
    private static final double TOLERANCE = 0.02;

    private static Model model(String... outputs) {
        SymbolicTensor input = SymbolicTensor.input("input", List.of(STEPS, FEATURES));
        List<SymbolicTensor> heads =
                Arrays.stream(outputs).map(name -> dense(name).apply(input)).toList();
        return Model.functional("heads", List.of(input), heads);
    }

    private static Layer dense(String name) {
        return new Dense(3, name.equals("scores") ? Activation.LINEAR : Activation.SOFTMAX).named(name);
    }

    /** Random inputs with these targets. */
    private static SampleBlock block(float[] weights, float[]... targets) {
        Random random = new Random(SEED);
        float[] inputs = new float[ROWS * STEPS * FEATURES];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = random.nextFloat() - 0.5f;
        }
        List<Column> columns = Stream.of(targets)
                .map(values -> (Column) new Column.Floats(values.length / ROWS, values))
                .toList();
        return new SampleBlock(ROWS, List.of(new Column.Floats(STEPS * FEATURES, inputs)), columns, weights);
    }

    private static Program program(Model model, CompileOptions options, SampleBlock block) {
        Program program = Program.compile(
                model,
                new CompiledObjective(model, options),
                List.of(InputFormat.FLOAT32),
                1,
                ROWS,
                ProgramOptions.TRAINING);
        for (int row = 0; row < ROWS; row++) {
            program.put(row, block, row);
        }
        return program;
    }

    private static float[] labels(int length, int classes) {
        Random random = new Random(SEED + 1);
        float[] labels = new float[length];
        for (int i = 0; i < length; i++) {
            labels[i] = random.nextInt(classes);
        }
        return labels;
    }

    private static float[] oneHot(float[] labels, int classes) {
        float[] targets = new float[labels.length * classes];
        for (int i = 0; i < labels.length; i++) {
            targets[i * classes + (int) labels[i]] = 1;
        }
        return targets;
    }

    /** Keras keeps the logits with the output of a softmax, and its cross-entropies take them, loss or metric. */
    @Test
    void shouldTakeLogitsForACrossentropyMetricWhenTheLossTakesTheOutput() {
        double besideItsLoss = saturatedCrossentropy(Losses.categoricalCrossentropy());
        assertEquals(besideItsLoss, saturatedCrossentropy(Losses.meanSquaredError()));
        // Of clipped probabilities it would be -log(1e-7) at most.
        assertTrue(besideItsLoss > 17, () -> "cross-entropy " + besideItsLoss);
    }

    private static double saturatedCrossentropy(Loss loss) {
        Model model = model("classes");
        CompileOptions options = new CompileOptions(
                List.of(new OutputOptions(loss, 1, List.of(Metrics.of("categorical_crossentropy")), List.of())),
                Map.of());
        StateLayout layout = new StateLayout(model, options);
        float[] targets = oneHot(labels(ROWS * STEPS, 3), 3);
        try (Program program = program(model, options, block(null, targets));
                NativeFloats parameters = Models.initialValues(model, SEED)) {
            float[] large = parameters.get(0, (int) parameters.length());
            for (int i = 0; i < large.length; i++) {
                large[i] *= 1000;
            }
            parameters.put(0, large);
            MetricState state = MetricState.zero(layout.stateLength());
            program.forward(parameters.address(), state);
            return layout.results(state).get("categorical_crossentropy");
        }
    }

    @Test
    void shouldWeighLossesAndNameLogsAsKerasWhenThereAreSeveralOutputs() {
        Model model = model("classes", "scores");
        float[] labels = labels(ROWS * STEPS, 3);
        float[] scores = oneHot(labels, 3);
        CompileOptions options = new CompileOptions(
                List.of(
                        new OutputOptions(
                                Losses.sparseCategoricalCrossentropy(),
                                0.5,
                                List.of(Metrics.of("accuracy")),
                                List.of()),
                        new OutputOptions(
                                Losses.meanSquaredError(), 2, List.of(Metrics.of("mae")), List.of(Metrics.of("mae")))),
                Map.of());
        StateLayout layout = new StateLayout(model, options);
        try (Program program = program(model, options, block(null, labels, scores));
                NativeFloats parameters = Models.initialValues(model, SEED)) {
            MetricState state = MetricState.zero(layout.stateLength());
            program.forward(parameters.address(), state);
            SortedMap<String, Double> logs = layout.results(state);
            assertEquals(
                    List.of(
                            "classes_accuracy",
                            "classes_loss",
                            "loss",
                            "scores_loss",
                            "scores_mae",
                            "scores_weighted_mae"),
                    List.copyOf(logs.keySet()));
            FloatBuffer probabilities = program.outputs(0);
            double crossentropy = 0;
            for (int i = 0; i < labels.length; i++) {
                crossentropy -= Math.log(probabilities.get(i * 3 + (int) labels[i])) / labels.length;
            }
            double squares = 0;
            double absolutes = 0;
            for (int i = 0; i < scores.length; i++) {
                double error = program.outputs(1).get(i) - scores[i];
                squares += error * error / scores.length;
                absolutes += Math.abs(error) / scores.length;
            }
            assertEquals(crossentropy, logs.get("classes_loss"), 1e-6);
            assertEquals(squares, logs.get("scores_loss"), 1e-6);
            assertEquals(absolutes, logs.get("scores_mae"), 1e-6);
            assertEquals(0.5 * crossentropy + 2 * squares, logs.get("loss"), 1e-6);
        }
    }

    @Test
    void shouldLogOneLossWhenOnlyOneOutputHasOne() {
        CompileOptions options = new CompileOptions(
                List.of(
                        new OutputOptions(Losses.meanSquaredError(), 1, List.of(), List.of()),
                        new OutputOptions(null, 1, List.of(Metrics.of("mae")), List.of())),
                Map.of());
        assertEquals(List.of("loss", "scores_mae"), new StateLayout(model("classes", "scores"), options).names());
    }

    static Stream<Arguments> losses() {
        float[] labels = labels(ROWS * STEPS, 3);
        float[] oneHot = oneHot(labels, 3);
        float[] ignoring = labels.clone();
        ignoring[1] = 255;
        ignoring[7] = 255;
        float[] sequences = new float[ROWS * STEPS];
        sequences[0] = 1;
        sequences[1] = 2;
        sequences[STEPS] = 2;
        sequences[2 * STEPS] = 1;
        sequences[2 * STEPS + 1] = 1;
        Loss ignore = Losses.sparseCategoricalCrossentropy().ignoreClass(255);
        return Stream.of(
                arguments("classes", ignore, ignoring),
                arguments("scores", ignore.fromLogits(true).reduction(Reduction.MEAN_WITH_SAMPLE_WEIGHT), ignoring),
                arguments("classes", Losses.categoricalCrossentropy().labelSmoothing(0.2), oneHot),
                arguments("classes", Losses.categoricalFocalCrossentropy().with("axis", 1), oneHot),
                arguments(
                        "classes",
                        Losses.binaryCrossentropy().labelSmoothing(0.3).with("axis", -2),
                        oneHot),
                arguments("scores", Losses.meanSquaredError().reduction(Reduction.MEAN_WITH_SAMPLE_WEIGHT), oneHot),
                arguments("classes", Losses.of("dice"), oneHot),
                arguments("classes", Losses.of("tversky", Map.of("axis", List.of(1, 2), "alpha", 0.3)), oneHot),
                arguments("scores", Losses.of("ctc"), sequences));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void shouldHaveTheGradientOfItsLossWhenTrained(String head, Loss loss, float[] targets) {
        Model model = model(head);
        CompileOptions options = CompileOptions.of(loss);
        SampleBlock block = block(new float[] {1, 0.5f, 2, 0.25f}, targets);
        int length = Math.toIntExact(model.layout().length());
        try (Program program = program(model, options, block);
                NativeFloats parameters = Models.initialValues(model, SEED);
                NativeFloats gradient = NativeFloats.allocate(length)) {
            MetricState state = MetricState.zero(new StateLayout(model, options).stateLength());
            program.forwardBackward(parameters.address(), gradient.address(), false, state);
            for (int i = 0; i < length; i++) {
                float value = parameters.get(i, 1)[0];
                parameters.put(i, new float[] {value + STEP});
                double above = loss(program, parameters, model, options);
                parameters.put(i, new float[] {value - STEP});
                double below = loss(program, parameters, model, options);
                parameters.put(i, new float[] {value});
                double difference = (above - below) / (2 * STEP);
                assertEquals(
                        difference,
                        gradient.get(i, 1)[0],
                        TOLERANCE * Math.max(0.1, Math.abs(difference)),
                        loss + " seed " + SEED + " parameter " + i);
            }
        }
    }

    private static double loss(Program program, NativeFloats parameters, Model model, CompileOptions options) {
        MetricState state = MetricState.zero(new StateLayout(model, options).stateLength());
        program.forward(parameters.address(), state);
        return state.get(StateLayout.LOSS);
    }
}
