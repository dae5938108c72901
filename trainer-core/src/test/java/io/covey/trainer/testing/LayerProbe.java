package io.covey.trainer.testing;

import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.OutputLoss;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.ProgramOptions;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.objective.MetricState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Compares layers, on random numbers, with a float64 formula: outputs, and the gradients of a random weighted sum of the
 * outputs by inputs and weights with those that central differences of the formula give.
 */
public final class LayerProbe {
    private static final double STEP = 1e-7;
    /** As for the golden cases: errors are measured by what float32 alone does. */
    private static final int NOISES = 10;

    private static final int PERTURBATIONS = 10;

    /** A layer's outputs in float64. */
    @FunctionalInterface
    public interface Formula {
        /**
         * Computes the outputs.
         *
         * @param input of all rows, in C order
         * @param weights in the layer's order
         */
        double[] outputs(double[] input, List<double[]> weights);
    }

    private final Model model;
    private final int rows;
    private final boolean training;
    private final SplittableRandom random;
    private final String message;
    private final double tolerance;

    /**
     * A probe.
     *
     * @param layers a stack of layers
     * @param training Keras' argument
     * @param tolerance largest error, as a multiple of the largest number that is compared, or of 1; where the rounding of inputs
     *     and weights to float32 can move the outputs by more than a tenth of it, ten times that
     */
    public LayerProbe(
            List<Integer> inputShape, int rows, boolean training, long seed, double tolerance, Layer... layers) {
        this.rows = rows;
        this.training = training;
        this.tolerance = tolerance;
        this.random = new SplittableRandom(seed);
        this.message = List.of(layers) + " on " + rows + " x " + inputShape + ", seed " + seed;
        this.model = Model.sequential("probe", inputShape, List.of(layers));
    }

    /** Runs and compares. */
    public void check(Formula formula) {
        NativeLibraries.setThreadsOfThisThread(1);
        double[] input = randoms(rows * model.inputSize(), -1, 1);
        List<double[]> weights = new ArrayList<>();
        for (ParameterSpec spec : model.layout().parameters()) {
            // A variance must be positive; nothing else minds.
            weights.add(randoms((int) spec.size(), spec.path().endsWith("variance") ? 0.5 : -1, 1));
        }
        double[] expected = formula.outputs(input, weights);
        double[] factors = randoms(expected.length, -1, 1);
        double limit = Math.max(tolerance, NOISES * noise(formula, input, weights, expected));
        try (NativeFloats parameters = NativeFloats.allocate(model.layout().length());
                NativeFloats gradient = NativeFloats.allocate(model.layout().length());
                Program program = Program.compile(
                        model,
                        (m, index, output, scope) -> new WeightedSum(output, floats(factors)),
                        List.of(InputFormat.FLOAT32),
                        1f,
                        rows,
                        new ProgramOptions(training, true, true, false))) {
            List<ParameterSpec> specs = model.layout().parameters();
            for (int i = 0; i < specs.size(); i++) {
                parameters.put(specs.get(i).offset(), floats(weights.get(i)));
            }
            SampleBlock block = new SampleBlock(model.inputSize(), floats(input), new int[rows]);
            for (int row = 0; row < rows; row++) {
                program.put(row, block, row);
            }
            program.forwardBackward(parameters.address(), gradient.address(), false, MetricState.zero(1));
            float[] outputs = new float[expected.length];
            program.outputs().get(outputs);
            assertClose("outputs", expected, outputs, limit);
            float[] inputGradient = new float[input.length];
            program.inputGradient(0).get(inputGradient);
            assertClose("input gradient", numeric(formula, input, weights, factors, input), inputGradient, limit);
            for (int i = 0; i < specs.size(); i++) {
                ParameterSpec spec = specs.get(i);
                if (spec.isTrainable()) {
                    assertClose(
                            "gradient of " + spec.path(),
                            numeric(formula, input, weights, factors, weights.get(i)),
                            gradient.get(spec.offset(), (int) spec.size()),
                            limit);
                }
            }
        }
    }

    /** How far rounding errors of inputs and weights move the outputs, as a multiple of the largest of them, or of 1. */
    private double noise(Formula formula, double[] input, List<double[]> weights, double[] expected) {
        double noise = 0;
        for (int turn = 0; turn < PERTURBATIONS; turn++) {
            double[] outputs = formula.outputs(
                    rounded(input), weights.stream().map(this::rounded).toList());
            for (int i = 0; i < outputs.length; i++) {
                noise = Math.max(noise, Math.abs(outputs[i] - expected[i]));
            }
        }
        return noise / largest(expected);
    }

    private double[] rounded(double[] values) {
        return Arrays.stream(values)
                .map(value -> value * (1 + random.nextDouble(-1, 1) * Math.ulp(1f) / 2))
                .toArray();
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).reduce(1, Math::max);
    }

    private double[] randoms(int count, double from, double to) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(from, to);
        }
        return values;
    }

    /** Central differences by each number of {@code changed}, which is the input or one of the weights. */
    private static double[] numeric(
            Formula formula, double[] input, List<double[]> weights, double[] factors, double[] changed) {
        double[] gradient = new double[changed.length];
        for (int i = 0; i < changed.length; i++) {
            double value = changed[i];
            changed[i] = value + STEP;
            double above = weightedSum(formula.outputs(input, weights), factors);
            changed[i] = value - STEP;
            double below = weightedSum(formula.outputs(input, weights), factors);
            changed[i] = value;
            gradient[i] = (above - below) / (2 * STEP);
        }
        return gradient;
    }

    private static double weightedSum(double[] values, double[] factors) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += values[i] * factors[i];
        }
        return sum;
    }

    private void assertClose(String what, double[] expected, float[] actual, double limit) {
        assertEquals(expected.length, actual.length, what + " of " + message);
        double[] actual64 = new double[actual.length];
        for (int i = 0; i < actual.length; i++) {
            actual64[i] = actual[i];
        }
        assertArrayEquals(expected, actual64, limit * largest(expected), what + " of " + message);
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** The loss whose gradient is given. */
    private static final class WeightedSum implements OutputLoss {
        private final Signal signal;
        private final float[] factors;

        WeightedSum(Signal signal, float[] factors) {
            this.signal = signal;
            this.factors = factors;
        }

        @Override
        public void put(int row, SampleBlock block, int slot) {}

        @Override
        public void forward(MetricState metrics, int batchRows) {}

        @Override
        public void backward(int batchRows) {
            signal.gradient().values().put(0, factors);
        }

        @Override
        public Tensor output() {
            return signal.value();
        }
    }
}
