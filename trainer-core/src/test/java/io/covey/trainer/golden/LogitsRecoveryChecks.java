package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.ProgramOptions;
import io.covey.trainer.engine.loss.CompiledObjective;
import io.covey.trainer.initializers.Ones;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.losses.Reduction;
import io.covey.trainer.losses.TargetLayout;
import io.covey.trainer.losses.WeightedLoss;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.OutputOptions;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.regularizers.Regularizer;
import io.covey.trainer.testing.ModelRun;
import io.covey.trainer.testing.NpyFile;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Cases of kind output_logits_recovery: a loss starts from the numbers that a closing softmax or sigmoid was given; of an array
 * of predictions, or behind another layer, from clipped probabilities. The model is an identity.
 */
final class LogitsRecoveryChecks {
    private static final Pattern DENSE = Pattern.compile("Dense\\((?:activation=)?(\\w+)\\)(?: then (\\w+).*)?");
    private static final Pattern APART = Pattern.compile("Dense \\+ (\\w+)(?:\\((\\w+)\\))?");

    /** Of each number by itself: the small ones are what tells logits from probabilities. */
    private static final double ULPS = 4;

    /** What float32 knows of a probability near 1, as which a loss of probabilities is computed. */
    private static final double PROBABILITY_NOISE = 0x1p-24;

    private final Checks checks;
    private final NpyFile x;

    private LogitsRecoveryChecks(GoldenCase golden, Checks checks) {
        this.checks = checks;
        x = golden.array(golden.get("x"));
    }

    static void verify(GoldenCase golden, Checks checks) {
        golden.skip("note");
        LogitsRecoveryChecks recovery = new LogitsRecoveryChecks(golden, checks);
        golden.get("rows").forEach(recovery::row);
        frozen(golden.get("regularization_of_frozen_layer"), checks);
    }

    private void row(JsonNode row) {
        checks.equal("fields of a row", 5, row.size());
        String output = row.path("output").asText();
        String check = output + " " + row.path("loss").asText();
        int width = x.shape().get(1);
        List<Layer> layers = layers(output, width);
        Model model = Model.sequential("recovery", List.of(width), layers);
        Loss loss = Losses.of(row.path("loss").asText());
        CompileOptions compile =
                new CompileOptions(List.of(new OutputOptions(loss, 1, List.of(), List.of())), Map.of());
        float[] targets = numbers(row.path("y"));
        float[] evaluated = new float[x.shape().get(0)];
        float[] ofArrays = new float[evaluated.length];
        NativeLibraries.setThreadsOfThisThread(1);
        try (NativeFloats weights = NativeFloats.allocate(model.layout().length());
                Program program = Program.compile(
                        model,
                        new CompiledObjective(model, compile),
                        List.of(InputFormat.FLOAT32),
                        1f,
                        1,
                        ProgramOptions.INFERENCE)) {
            for (int i = 0; i < width; i++) {
                weights.put((long) i * width + i, new float[] {1f});
            }
            int targetWidth = targets.length / evaluated.length;
            SampleBlock block = new SampleBlock(
                    evaluated.length,
                    List.of(new Column.Floats(width, x.floats())),
                    List.of(
                            targetWidth == 1
                                    ? new Column.Ints(1, ints(targets))
                                    : new Column.Floats(targetWidth, targets)),
                    null);
            for (int sample = 0; sample < evaluated.length; sample++) {
                MetricState state = MetricState.zero(new StateLayout(model, compile).stateLength());
                program.put(0, block, sample);
                program.forward(weights.address(), state);
                evaluated[sample] = (float) state.get(StateLayout.LOSS);
                FloatBuffer predicted = program.outputs();
                float[] array = new float[predicted.remaining()];
                predicted.get(array);
                float[] target = new float[targetWidth];
                System.arraycopy(targets, sample * targetWidth, target, 0, targetWidth);
                ofArrays[sample] = ofArray(loss, target, array);
            }
        }
        close(
                check + " evaluate_each_sample",
                row.path("evaluate_each_sample"),
                evaluated,
                layers.size() > 1 && DENSE.matcher(output).matches());
        close(
                check + " loss_of_predicted_array_each_sample",
                row.path("loss_of_predicted_array_each_sample"),
                ofArrays,
                true);
    }

    private static List<Layer> layers(String output, int width) {
        Matcher dense = DENSE.matcher(output);
        if (dense.matches()) {
            List<Layer> layers = new ArrayList<>();
            layers.add(new Dense(width, Activation.of(output, dense.group(1))));
            if (dense.group(2) != null) {
                layers.add(LayerTypes.create(dense.group(2), Map.of()));
            }
            return layers;
        }
        Matcher apart = APART.matcher(output);
        if (!apart.matches()) {
            throw new IllegalArgumentException("output " + output + " is not known to this suite");
        }
        Map<String, Object> arguments = apart.group(2) == null ? Map.of() : Map.of("activation", apart.group(2));
        return List.of(new Dense(width, Activation.LINEAR), LayerTypes.create(apart.group(1), arguments));
    }

    private static float ofArray(Loss loss, float[] target, float[] predicted) {
        int[] targetShape = target.length == 1 ? new int[0] : new int[] {target.length};
        TargetLayout layout = loss.check(targetShape, new int[] {predicted.length});
        WeightedLoss weighted = new WeightedLoss(loss.newFunction(new int[] {predicted.length}), Reduction.NONE, 1, 1);
        double[] sums = new double[WeightedLoss.STATE_LENGTH];
        weighted.forward(target, layout.trueWidth(), predicted, layout.width(), 1, null, null, sums, 0);
        return weighted.values()[0];
    }

    private void close(String check, JsonNode expected, float[] found, boolean ofProbabilities) {
        float[] values = numbers(expected);
        checks.equal(check + " count", values.length, found.length);
        for (int i = 0; i < values.length; i++) {
            checks.close(
                    check + " " + i,
                    values[i],
                    found[i],
                    ULPS * Math.ulp(values[i]) + (ofProbabilities ? PROBABILITY_NOISE : 0));
        }
    }

    /** Keras 3 leaves the penalties of frozen layers out, as Covey does; Keras 2 has those of all layers. */
    private static void frozen(JsonNode expected, Checks checks) {
        checks.equal("fields of regularization_of_frozen_layer", 4, expected.size());
        double[] all = penalties(true);
        checks.close("keras3_before", doubles(expected.path("keras3_before")), all, 0);
        checks.close(
                "keras3_first_layer_frozen", doubles(expected.path("keras3_first_layer_frozen")), penalties(false), 0);
        checks.close("keras2_before", doubles(expected.path("keras2_before")), all, 0);
        checks.close("keras2_first_layer_frozen", doubles(expected.path("keras2_first_layer_frozen")), all, 0);
    }

    /** Two layers whose kernels are ones, with penalties that are their numbers of weights. */
    private static double[] penalties(boolean firstIsTrained) {
        Regularizer regularizer = Regularizer.l2(1);
        Layer first = new Dense(2, Activation.LINEAR)
                .kernelInitializer(new Ones())
                .kernelRegularizer(regularizer)
                .trainable(firstIsTrained);
        Layer second =
                new Dense(1, Activation.LINEAR).kernelInitializer(new Ones()).kernelRegularizer(regularizer);
        try (var run = new ModelRun(Model.sequential("penalties", List.of(2), List.of(first, second)), 1, false)) {
            run.forward(new float[2]);
            return run.program().penalties();
        }
    }

    /** The numbers of nested lists, in order. */
    private static float[] numbers(JsonNode list) {
        List<Float> values = new ArrayList<>();
        collect(list, values);
        float[] numbers = new float[values.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = values.get(i);
        }
        return numbers;
    }

    private static void collect(JsonNode node, List<Float> values) {
        if (node.isArray()) {
            node.forEach(each -> collect(each, values));
        } else {
            values.add((float) GoldenCase.number(node));
        }
    }

    private static double[] doubles(JsonNode list) {
        float[] values = numbers(list);
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static int[] ints(float[] values) {
        return IntStream.range(0, values.length).map(i -> (int) values[i]).toArray();
    }
}
