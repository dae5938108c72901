package io.covey.trainer.engine;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.layers.core.ActivationLayer;
import io.covey.trainer.layers.merging.Concatenate;
import io.covey.trainer.layers.merging.Dot;
import io.covey.trainer.layers.merging.Merge;
import io.covey.trainer.model.Model;
import io.covey.trainer.testing.ModelRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments.ArgumentSet;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(120)
class LayerGradientTest {
    private static final long SEED = 11;
    private static final int ROWS = 3;

    /** Central differences of float32 results: their rounding over the step, and the step's square. */
    private static final double STEP = 1e-2;

    private static final double NUMERIC_TOLERANCE = 2e-3;

    private final SplittableRandom random = new SplittableRandom(SEED);

    private static Layer layer(String className, Object... namesAndValues) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            arguments.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return LayerTypes.create(className, arguments);
    }

    private static ArgumentSet set(Layer layer, Integer... shape) {
        return org.junit.jupiter.params.provider.Arguments.argumentSet(
                layer + " on " + Arrays.toString(shape), layer, shape);
    }

    static Stream<ArgumentSet> linearLayers() {
        return Stream.of(
                set(layer("Reshape", "target_shape", List.of(2, -1)), 3, 4),
                set(layer("Permute", "dims", List.of(3, 1, 2)), 3, 4, 2),
                set(layer("RepeatVector", "n", 3), 5),
                set(layer("ZeroPadding1D", "padding", List.of(1, 2)), 3, 4),
                set(layer("ZeroPadding2D", "padding", List.of(List.of(1, 0), List.of(2, 3))), 3, 4, 2),
                set(layer("ZeroPadding2D", "padding", 1, "data_format", "channels_first"), 2, 3, 4),
                set(layer("ZeroPadding3D", "padding", List.of(1, 2, 0)), 2, 3, 2, 2),
                set(layer("Cropping1D", "cropping", List.of(1, 2)), 5, 3),
                set(layer("Cropping2D", "cropping", List.of(List.of(1, 0), List.of(2, 1))), 3, 5, 2),
                set(layer("Cropping3D", "cropping", 1), 3, 4, 5, 2),
                set(layer("UpSampling1D", "size", 3), 4, 2),
                set(layer("UpSampling2D", "size", List.of(2, 3)), 3, 4, 2),
                set(layer("UpSampling2D", "size", List.of(2, 3), "interpolation", "bilinear"), 3, 4, 2),
                set(layer("UpSampling2D", "interpolation", "bilinear", "data_format", "channels_first"), 2, 3, 4),
                set(layer("UpSampling3D", "size", List.of(1, 2, 3)), 2, 3, 2, 2),
                set(layer("Dropout", "rate", 0.4), 7),
                set(layer("Dropout", "rate", 0.4, "noise_shape", Arrays.asList(null, 1, 7)), 3, 7),
                set(layer("SpatialDropout1D", "rate", 0.5), 3, 7),
                set(layer("GaussianDropout", "rate", 0.5, "seed", 3), 7),
                set(layer("Rescaling", "scale", List.of(0.5, 2, 3)), 4, 3),
                set(layer("Normalization", "mean", 0, "variance", List.of(1, 4, 0.25)), 4, 3),
                set(layer("Normalization", "mean", 0, "variance", 4, "invert", true, "axis", null), 4, 3),
                set(layer("RandomFlip"), 3, 4, 2),
                set(layer("RandomTranslation", "height_factor", 0.3, "width_factor", 0.2), 5, 4, 2),
                set(layer("RandomRotation", "factor", 0.2, "fill_mode", "constant"), 5, 4, 2),
                set(layer("RandomRotation", "factor", 0.5, "fill_mode", "wrap", "interpolation", "nearest"), 5, 4, 1),
                set(layer("RandomZoom", "height_factor", 0.5, "fill_mode", "nearest"), 5, 4, 2),
                set(layer("RandomContrast", "factor", 0.5, "value_range", List.of(-1e9, 1e9)), 5, 4, 2));
    }

    /** For a linear layer A, {@code u . A x = A^T u . x}. */
    @ParameterizedTest
    @MethodSource("linearLayers")
    void shouldBeTheAdjointBackwardWhenTheLayerIsLinear(Layer layer, Integer... shape) {
        try (ModelRun run = ModelRun.of(layer, ROWS, true, shape)) {
            run.program().seed(SEED, 1, 2);
            float[] x = random(ROWS * size(shape));
            float[] y = run.forward(x);
            float[] u = random(y.length);
            float[] gradient = run.backward(u, x);
            double magnitude = 0;
            for (int i = 0; i < y.length; i++) {
                magnitude += Math.abs(u[i] * y[i]);
            }
            assertEquals(dot(u, y), dot(gradient, x), 1e-6 * Math.max(1, magnitude), "seed " + SEED);
        }
    }

    static Stream<ArgumentSet> smoothLayers() {
        return Stream.of(
                set(layer("ELU", "alpha", 0.7), 5),
                set(layer("Softmax", "axis", 1), 3, 4),
                set(layer("Softmax", "axis", List.of(1, 2)), 3, 4, 2),
                set(layer("Softmax"), 3, 4),
                set(layer("AlphaDropout", "rate", 0.3), 6),
                set(layer("GaussianNoise", "stddev", 0.3), 6),
                set(new ActivationLayer(Activation.GLU), 3, 4),
                set(new ActivationLayer(Activation.GELU), 6),
                set(new ActivationLayer(Activation.SQUAREPLUS), 6));
    }

    @ParameterizedTest
    @MethodSource("smoothLayers")
    void shouldGiveTheNumericGradientWhenTheLayerIsSmooth(Layer layer, Integer... shape) {
        try (ModelRun run = ModelRun.of(layer, ROWS, true, shape)) {
            run.program().seed(SEED, 1, 2);
            checkGradients(run, random(ROWS * size(shape)));
        }
    }

    static Stream<ArgumentSet> mergingLayers() {
        return Stream.of(
                merge(new Merge(Merge.Operation.ADD), List.of(3, 4), List.of(3, 4), List.of(3, 4)),
                merge(new Merge(Merge.Operation.ADD), List.of(3, 4), List.of(1, 4), List.of(4)),
                merge(new Merge(Merge.Operation.SUBTRACT), List.of(4), List.of(3, 1)),
                merge(new Merge(Merge.Operation.MULTIPLY), List.of(3, 4), List.of(3, 1), List.of(4)),
                merge(new Merge(Merge.Operation.AVERAGE), List.of(5), List.of(5), List.of(1)),
                merge(new Concatenate(1), List.of(2, 3), List.of(1, 3)),
                merge(new Concatenate(-1), List.of(2, 3), List.of(2, 1), List.of(2, 2)),
                merge(new Dot(1, false), List.of(4, 3), List.of(4, 2)),
                merge(new Dot(-1, true), List.of(2, 4), List.of(4)),
                merge(new Dot(1, true), List.of(4), List.of(4)),
                merge(
                        (Layer) new Dot(Arguments.of("Dot", Map.of("axes", List.of(3, 1)))),
                        List.of(2, 2, 3),
                        List.of(3, 2)));
    }

    private static ArgumentSet merge(Layer layer, Object... shapes) {
        return org.junit.jupiter.params.provider.Arguments.argumentSet(
                layer + " on " + Arrays.toString(shapes), layer, List.of(shapes));
    }

    @ParameterizedTest
    @MethodSource("mergingLayers")
    void shouldGiveTheNumericGradientOfEachInputWhenSeveralAreMerged(Layer layer, List<List<Integer>> shapes) {
        List<SymbolicTensor> inputs = new ArrayList<>();
        for (int i = 0; i < shapes.size(); i++) {
            inputs.add(SymbolicTensor.input("input_" + i, shapes.get(i)));
        }
        Model model = Model.functional("merged", inputs, List.of(layer.apply(inputs.toArray(SymbolicTensor[]::new))));
        try (ModelRun run = new ModelRun(model, ROWS, true)) {
            checkGradients(
                    run,
                    shapes.stream()
                            .map(shape -> random(ROWS * size(shape.toArray(Integer[]::new))))
                            .toArray(float[][]::new));
        }
    }

    @Test
    void shouldGiveTheFirstOfEqualNumbersTheGradientWhenExtremesAreTaken() {
        // Recorded from Keras 3.15 on TensorFlow 2.21.
        float[] a = {1, 2, -3, 0.5f, 2, 1};
        float[] b = {1, -2, 4, 0.5f, 2, 3};
        assertArrayEquals(new float[] {1, 1, 0, 1, 1, 0}, firstGradient(Merge.Operation.MAXIMUM, a, b));
        assertArrayEquals(new float[] {1, 0, 1, 1, 1, 1}, firstGradient(Merge.Operation.MINIMUM, a, b));
    }

    private static float[] firstGradient(Merge.Operation operation, float[] a, float[] b) {
        SymbolicTensor left = SymbolicTensor.input("left", List.of(3));
        SymbolicTensor right = SymbolicTensor.input("right", List.of(3));
        Model model =
                Model.functional("extreme", List.of(left, right), List.of(new Merge(operation).apply(left, right)));
        try (ModelRun run = new ModelRun(model, 2, true)) {
            return run.backward(new float[] {1, 1, 1, 1, 1, 1}, a, b);
        }
    }

    @Test
    void shouldTrainSharedSlopesWhenPReluSharesAxes() {
        Layer layer = layer("PReLU", "alpha_initializer", "ones", "shared_axes", List.of(1));
        try (ModelRun run = ModelRun.of(layer, ROWS, true, 4, 2)) {
            assertEquals(2, run.model().layout().parameterCount());
            run.parameters().put(0, new float[] {0.25f, -0.5f});
            float[] x = random(ROWS * 8);
            float[] u = random(ROWS * 8);
            float[] y = run.forward(x);
            float[] gradient = run.backward(u, x);
            double[] alpha = new double[2];
            for (int i = 0; i < x.length; i++) {
                float slope = i % 2 == 0 ? 0.25f : -0.5f;
                assertEquals(x[i] > 0 ? x[i] : slope * x[i], y[i]);
                assertEquals(x[i] > 0 ? u[i] : slope * u[i], gradient[i]);
                alpha[i % 2] += x[i] > 0 ? 0 : u[i] * x[i];
            }
            assertEquals(alpha[0], run.gradient().get(0, 2)[0], 1e-5);
            assertEquals(alpha[1], run.gradient().get(0, 2)[1], 1e-5);
        }
    }

    @Test
    void shouldAddThePenaltyToLossAndGradientWhenActivityIsRegularized() {
        Layer layer = layer("ActivityRegularization", "l1", 0.5, "l2", 0.25);
        try (ModelRun run = ModelRun.of(layer, 2, false, 2)) {
            float[] gradient = run.backward(new float[] {1, 1, 1, 1}, new float[] {1, -2, 0, 4});
            assertArrayEquals(new float[] {2, -0.5f, 1, 3.5f}, gradient);
            assertEquals(0.5 * 7 + 0.25 * 21, run.addedLoss(), 1e-6);
            assertEquals((0.5 * 7 + 0.25 * 21) / 2, run.program().penalties()[0], 1e-6);
        }
    }

    private void checkGradients(ModelRun run, float[]... inputs) {
        float[] y = run.forward(inputs);
        float[] u = random(y.length);
        run.backward(u, inputs);
        float[][] gradients = new float[inputs.length][];
        for (int i = 0; i < inputs.length; i++) {
            gradients[i] = run.inputGradient(i);
        }
        for (int i = 0; i < inputs.length; i++) {
            for (int k = 0; k < inputs[i].length; k++) {
                float at = inputs[i][k];
                inputs[i][k] = (float) (at + STEP);
                double after = dot(u, run.forward(inputs));
                inputs[i][k] = (float) (at - STEP);
                double before = dot(u, run.forward(inputs));
                inputs[i][k] = at;
                assertEquals(
                        (after - before) / (2 * STEP),
                        gradients[i][k],
                        NUMERIC_TOLERANCE * Math.max(1, Math.abs(gradients[i][k])),
                        "input " + i + ", number " + k + ", seed " + SEED);
            }
        }
    }

    private float[] random(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextDouble(-2, 2);
        }
        return values;
    }

    private static int size(Integer... shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
