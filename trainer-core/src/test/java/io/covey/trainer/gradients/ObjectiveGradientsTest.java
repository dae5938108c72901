package io.covey.trainer.gradients;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.Column;
import io.covey.trainer.engine.loss.CompiledObjective;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.rnn.TimeDistributed;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.losses.Reduction;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.StateLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the engine makes of every loss, behind each closing activation that it may start from, with and without weights of
 * samples and classes, and with masks: its gradient by the model's input and weights against differences of the loss itself.
 */
@Timeout(120)
class ObjectiveGradientsTest {
    private static final long SEED = 12;
    private static final int ROWS = 4;
    private static final int CLASSES = 3;
    private static final int FEATURES = 4;
    private static final int STEPS = 3;
    private static final double GRID = 0x1p-10;

    /** All but that of sequences. */
    static List<String> losses() {
        return Losses.names().stream().filter(name -> !name.equals("ctc")).toList();
    }

    @ParameterizedTest
    @MethodSource("losses")
    void shouldGiveTheNumericGradientsWhenTheEngineComputesTheLoss(String name) {
        boolean ofVectors = name.equals("circle");
        // With Keras' gamma of 80 the circle loss bends too much for differences.
        Loss loss = ofVectors ? Losses.of(name).gamma(2) : Losses.of(name);
        for (Activation closing : List.of(Activation.SIGMOID, Activation.SOFTMAX)) {
            for (boolean weighted : new boolean[] {false, true}) {
                check(loss, closing, weighted, false);
            }
            if (!ofVectors) {
                check(perPosition(loss).reduction(Reduction.MEAN_WITH_SAMPLE_WEIGHT), closing, true, true);
            }
        }
        if (loss.config().containsKey("from_logits")) {
            check(loss.fromLogits(true), Activation.LINEAR, true, false);
        }
    }

    /** Dice and Tversky losses are of the whole batch by default, where there is nothing to mask. */
    private static Loss perPosition(Loss loss) {
        return loss.config().containsKey("axis") ? loss.with("axis", -1) : loss;
    }

    private static void check(Loss loss, Activation closing, boolean weighted, boolean masked) {
        SplittableRandom random = new SplittableRandom(SEED);
        Model model = masked
                ? Model.sequential(
                        "m",
                        List.of(STEPS, FEATURES),
                        List.of(LayerTypes.create("Masking", Map.of()), new TimeDistributed(dense(closing))))
                : Model.sequential("m", List.of(FEATURES), List.of(dense(closing)));
        int positions = masked ? STEPS : 1;
        float[] input = new float[ROWS * model.inputSize()];
        for (int i = 0; i < input.length; i++) {
            input[i] = (float) (Math.rint(random.nextDouble(0.1, 1.5) / GRID) * GRID);
        }
        if (masked) {
            Arrays.fill(input, 0, FEATURES, 0f);
        }
        float[] sampleWeights = new float[ROWS];
        for (int i = 0; i < ROWS; i++) {
            sampleWeights[i] = (float) random.nextDouble(0.5, 2);
        }
        boolean byClass = weighted && !masked && loss.isSparse();
        CompileOptions options =
                CompileOptions.of(loss).withClassWeights(byClass ? Map.of(0, 0.5f, 2, 2f) : Map.<Integer, Float>of());
        GradientCheck check = GradientCheck.of(
                model,
                input,
                new CompiledObjective(model, options),
                new StateLayout(model, options).stateLength(),
                target(loss, positions, random),
                weighted ? sampleWeights : null,
                ROWS,
                SEED,
                loss + " behind " + closing + (weighted ? " with weights" : "") + (masked ? " and a mask" : ""));
        try (check) {
            check.run();
        }
    }

    private static Layer dense(Activation closing) {
        return new Dense(CLASSES, closing);
    }

    private static Column target(Loss loss, int positions, SplittableRandom random) {
        int[] labels = random.ints((long) ROWS * positions, 0, CLASSES).toArray();
        if (loss.isSparse()) {
            return new Column.Ints(positions, labels);
        }
        float[] oneHot = new float[labels.length * CLASSES];
        // Divided by the smallest of targets, 0, values would be too large for differences.
        Arrays.fill(oneHot, loss.equals(Losses.meanAbsolutePercentageError()) ? 2 : 0);
        for (int i = 0; i < labels.length; i++) {
            oneHot[i * CLASSES + labels[i]] = 1;
        }
        return new Column.Floats(positions * CLASSES, oneHot);
    }
}
