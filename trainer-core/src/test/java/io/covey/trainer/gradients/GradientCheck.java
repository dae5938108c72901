package io.covey.trainer.gradients;

import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.Objective;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.ProgramOptions;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleConsumer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Compares a program's gradients by all inputs and weights with central differences of its loss.
 *
 * <p>The engine computes in float32, the loss is summed in float64. With u the weights of the projection and y the outputs,
 * rounded to about a unit in the last place in the mean, the loss S has an error of about {@code e = 2^-24 * sum |u y|}, and a
 * difference over a step h one of e / h. Curvature is removed: of the differences D over h and h/2 the value (4 D(h/2) - D(h)) / 3
 * is exact to the fourth power of h. Both errors together are a limit, at h = 2^-5 about 1e-3 of the tensor's
 * largest gradient. Where the two differences are further apart than it, or the second differences are not as 4 to 1, the
 * function has a kink within the step, and the number is left out. A kink that passes both tests has a jump of the slope below 7
 * limits and an effect below 4: that is the tolerance. Inputs are multiples of 2^-10, so that a step away from them is exact.
 *
 * <p>Every check also shows that it could have failed: in each tensor there must be a gradient of which an error of a tenth
 * would have been found.
 */
public final class GradientCheck implements AutoCloseable {
    private static final double STEP = 0x1p-5;
    /** What curvature may add to the distance of the two differences, relative to the largest gradient. */
    private static final double CURVATURE = 1e-3;

    private static final double MAX_LEFT_OUT = 0.7;
    /** Effect on the extrapolated difference, by the limit, of a kink that was not seen. */
    private static final double HIDDEN_KINK = 4;
    /** The relative error that must be found in some gradient of each tensor. */
    private static final double POWER = 0.1;

    private final Model model;
    private final List<float[]> inputs;
    private final boolean[] differentiated;
    private final Column target;
    private final float[] sampleWeights;
    private final int rows;
    private final long seed;
    private final String message;
    private final ProgramOptions options;
    private final Objective objective;
    private final MetricState metrics;
    private final Program program;
    private final NativeFloats parameters;
    private final NativeFloats gradient;

    private GradientCheck(
            Model model,
            List<float[]> inputs,
            boolean[] differentiated,
            boolean training,
            Objective objective,
            int stateLength,
            Column target,
            float[] sampleWeights,
            int rows,
            long seed,
            String message) {
        NativeLibraries.setThreadsOfThisThread(1);
        this.model = model;
        this.inputs = inputs;
        this.differentiated = differentiated;
        this.target = target;
        this.sampleWeights = sampleWeights;
        this.rows = rows;
        this.seed = seed;
        this.message = message + ", seed " + seed;
        this.objective = objective;
        options = new ProgramOptions(training, true, true, false);
        metrics = MetricState.zero(stateLength);
        parameters = NativeFloats.allocate(Math.max(1, model.layout().length()));
        gradient = NativeFloats.allocate(Math.max(1, model.layout().length()));
        program = compile(options);
    }

    /** A check of a layer by a random projection of its outputs. */
    static GradientCheck of(Specimen specimen, int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        boolean[] differentiated = new boolean[specimen.inputShapes().size()];
        for (int i = 0; i < differentiated.length; i++) {
            differentiated[i] = i > 0 || specimen.integers() == 0;
        }
        GradientCheck check = new GradientCheck(
                specimen.model(),
                specimen.inputs(rows, random),
                differentiated,
                specimen.training(),
                new Projection(seed),
                Projection.STATE_LENGTH,
                null,
                null,
                rows,
                seed,
                specimen.toString());
        check.drawWeights(random);
        return check;
    }

    /**
     * A check of a loss behind a model with one input.
     *
     * @param objective whose state has {@code stateLength} numbers
     * @param sampleWeights null for none
     */
    public static GradientCheck of(
            Model model,
            float[] input,
            Objective objective,
            int stateLength,
            Column target,
            float[] sampleWeights,
            int rows,
            long seed,
            String message) {
        GradientCheck check = new GradientCheck(
                model,
                List.of(input),
                new boolean[] {true},
                true,
                objective,
                stateLength,
                target,
                sampleWeights,
                rows,
                seed,
                message);
        check.drawWeights(new SplittableRandom(seed));
        return check;
    }

    private Program compile(ProgramOptions compiled) {
        List<InputFormat> formats = new ArrayList<>();
        for (boolean isFloat : differentiated) {
            formats.add(isFloat ? InputFormat.FLOAT32 : InputFormat.INT32);
        }
        return Program.compile(model, objective, formats, 1f, rows, compiled);
    }

    private void drawWeights(SplittableRandom random) {
        for (ParameterSpec spec : model.layout().parameters()) {
            float[] values = new float[(int) spec.size()];
            for (int i = 0; i < values.length; i++) {
                // A variance must be positive; nothing else minds.
                values[i] = (float) random.nextDouble(spec.path().endsWith("variance") ? 0.5 : -1, 1);
            }
            parameters.put(spec.offset(), values);
        }
    }

    /** Runs and compares. */
    public void run() {
        put(program);
        program.seed(seed, 1, 2);
        program.forwardBackward(parameters.address(), gradient.address(), false, metrics);
        List<float[]> byInput = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            byInput.add(read(i));
        }
        float[] byWeights = gradient.get(0, (int) gradient.length());
        requireSameBitsWithoutInputGradients(byWeights);
        requireSumWhenAccumulated(byWeights);
        for (int i = 0; i < inputs.size(); i++) {
            if (differentiated[i]) {
                float[] input = inputs.get(i);
                compare("input " + i, input, byInput.get(i), k -> value -> input[k] = (float) value);
            }
        }
        for (ParameterSpec spec : model.layout().parameters()) {
            if (spec.isTrainable()) {
                int size = (int) spec.size();
                compare(
                        spec.path(),
                        parameters.get(spec.offset(), size),
                        gradient.get(spec.offset(), size),
                        k -> value -> parameters.put(spec.offset() + k, new float[] {(float) value}));
            }
        }
    }

    private float[] read(int input) {
        float[] values = new float[inputs.get(input).length];
        program.inputGradient(input).get(values);
        return values;
    }

    /** What changes number k of a tensor. */
    private interface Setter {
        DoubleConsumer at(int k);
    }

    private void compare(String tensor, float[] at, float[] gradients, Setter setter) {
        float[] values = at.clone();
        int leftOut = 0;
        double power = 0;
        double largest = 0;
        for (float each : gradients) {
            largest = Math.max(largest, Math.abs(each));
        }
        for (int k = 0; k < values.length; k++) {
            String place = tensor + ", number " + k + " of " + message;
            assertFalse(Float.isNaN(gradients[k]), () -> "the gradient is NaN: " + place);
            if (at[k] == 0f) {
                assertEquals(0f, gradients[k], () -> "a masked number has a gradient: " + place);
                continue;
            }
            Differences differences = new Differences(setter.at(k), values[k], largest);
            double tolerance = HIDDEN_KINK * differences.limit;
            if (!differences.isSmooth()) {
                leftOut++;
                continue;
            }
            assertEquals(differences.extrapolated(), gradients[k], tolerance, place);
            power = Math.max(power, POWER * Math.abs(gradients[k]) / tolerance);
        }
        assertTrue(leftOut <= MAX_LEFT_OUT * values.length, leftOut + " kinks in " + tensor + " of " + message);
        assertTrue(power > 1, "no gradient is large enough to tell, in " + tensor + " of " + message + ": " + power);
    }

    /** The loss around one number. */
    private final class Differences {
        private final double wide;
        private final double narrow;
        private final double bend;
        private final double limit;

        Differences(DoubleConsumer setter, float value, double largest) {
            double here = loss(setter, value);
            double above = loss(setter, value + STEP);
            double below = loss(setter, value - STEP);
            double closeAbove = loss(setter, value + STEP / 2);
            double closeBelow = loss(setter, value - STEP / 2);
            setter.accept(value);
            wide = (above - below) / (2 * STEP);
            narrow = (closeAbove - closeBelow) / STEP;
            bend = (above - 2 * here + below - 4 * (closeAbove - 2 * here + closeBelow)) / STEP;
            limit = 2 * rounding() + CURVATURE * Math.max(largest, Math.abs(narrow));
        }

        /** Whether differences and second differences scale as those of a smooth function; at a kink one of them does not. */
        boolean isSmooth() {
            return Math.abs(wide - narrow) <= limit && Math.abs(bend) <= 4 * limit;
        }

        double extrapolated() {
            return (4 * narrow - wide) / 3;
        }
    }

    /** The error of a difference over half the step, from that of the loss in the last run. */
    private double rounding() {
        double magnitude = metrics.length() == Projection.STATE_LENGTH
                ? metrics.get(Projection.MAGNITUDE)
                : Math.abs(metrics.get(StateLayout.LOSS)) + rows;
        return 0x1p-24 * magnitude / (STEP / 2);
    }

    private double loss(DoubleConsumer setter, double value) {
        setter.accept(value);
        put(program);
        metrics.reset();
        program.forward(parameters.address(), metrics);
        return metrics.get(StateLayout.LOSS);
    }

    private void put(Program target) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            float[] values = inputs.get(i);
            columns.add(
                    differentiated[i]
                            ? new Column.Floats(values.length / rows, values)
                            : new Column.Ints(values.length / rows, integers(values)));
        }
        SampleBlock block =
                new SampleBlock(rows, columns, this.target == null ? List.of() : List.of(this.target), sampleWeights);
        for (int row = 0; row < rows; row++) {
            target.put(row, block, row);
        }
    }

    private static int[] integers(float[] values) {
        int[] integers = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            integers[i] = (int) values[i];
        }
        return integers;
    }

    /** A model's first layer computes no gradient of its input: the weights must not notice. */
    private void requireSameBitsWithoutInputGradients(float[] expected) {
        if (model.trainableCount() == 0) {
            return;
        }
        try (Program first = compile(new ProgramOptions(options.training(), true, false, false))) {
            put(first);
            first.seed(seed, 1, 2);
            first.forwardBackward(parameters.address(), gradient.address(), false, metrics);
            assertArrayEquals(expected, gradient.get(0, expected.length), 0f, "without input gradients: " + message);
        }
    }

    private void requireSumWhenAccumulated(float[] expected) {
        gradient.put(0, expected);
        program.forwardBackward(parameters.address(), gradient.address(), true, metrics);
        float[] sums = gradient.get(0, expected.length);
        for (ParameterSpec spec : model.layout().parameters()) {
            for (int i = (int) spec.offset(); spec.isTrainable() && i < spec.offset() + spec.size(); i++) {
                assertEquals(2 * expected[i], sums[i], "accumulated, " + spec.path() + " of " + message);
            }
        }
        gradient.put(0, expected);
    }

    @Override
    public void close() {
        program.close();
        parameters.close();
        gradient.close();
    }
}
