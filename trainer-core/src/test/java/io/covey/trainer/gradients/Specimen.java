package io.covey.trainer.gradients;

import io.covey.trainer.config.NamedConfig;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A layer with arguments and inputs, for checks of its gradients.
 *
 * @param layer what is checked
 * @param before layers that its first input goes through, for example a Masking
 * @param inputShapes of one sample
 * @param training Keras' argument
 * @param integers bound of the first input's numbers if they are integers, else 0
 * @param maskedSteps whether some time steps of the first input are all zeros
 * @param shared whether the layer is called a second time, on half the first input, and the outputs are added
 */
public record Specimen(
        Layer layer,
        List<Layer> before,
        List<List<Integer>> inputShapes,
        boolean training,
        int integers,
        boolean maskedSteps,
        boolean shared) {
    /** Inputs are multiples of this, so that a step away from them is exact. */
    private static final double GRID = 0x1p-10;

    /** A layer in training on inputs of these shapes. */
    static Specimen of(Layer layer, Object... shapes) {
        List<List<Integer>> all = new ArrayList<>();
        for (Object shape : shapes) {
            all.add(((List<?>) shape).stream().map(Integer.class::cast).toList());
        }
        return new Specimen(layer, List.of(), all, true, 0, false, false);
    }

    /** A layer by its class name in Keras, with names and values of arguments. */
    static Layer layer(String className, Object... namesAndValues) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            arguments.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return LayerTypes.create(NamedConfig.of("layer", className).name(), arguments);
    }

    Specimen inference() {
        return new Specimen(layer, before, inputShapes, false, integers, maskedSteps, shared);
    }

    Specimen integers(int bound) {
        return new Specimen(layer, before, inputShapes, training, bound, maskedSteps, shared);
    }

    Specimen behind(Layer... layers) {
        return new Specimen(layer, List.of(layers), inputShapes, training, integers, maskedSteps, shared);
    }

    /** The layer behind a Masking, on sequences with gaps. */
    Specimen masked() {
        return new Specimen(layer, List.of(layer("Masking")), inputShapes, training, integers, true, shared);
    }

    /** The layer called twice, so that its weights and its input have two uses. */
    Specimen twice() {
        return new Specimen(layer, before, inputShapes, training, integers, maskedSteps, true);
    }

    public Model model() {
        List<SymbolicTensor> inputs = new ArrayList<>();
        for (int i = 0; i < inputShapes.size(); i++) {
            inputs.add(SymbolicTensor.input("input_" + i, inputShapes.get(i)));
        }
        List<SymbolicTensor> read = new ArrayList<>(inputs);
        for (Layer each : before) {
            read.set(0, each.apply(read.get(0)));
        }
        List<SymbolicTensor> outputs = layer.call(read.toArray(SymbolicTensor[]::new));
        if (shared) {
            read.set(0, layer("Rescaling", "scale", 0.5).apply(read.get(0)));
            SymbolicTensor second = layer.apply(read.toArray(SymbolicTensor[]::new));
            outputs = List.of(layer("Add").apply(outputs.get(0), second));
        }
        return Model.functional("specimen", inputs, outputs);
    }

    /** Random inputs, one array for each. */
    public List<float[]> inputs(int rows, SplittableRandom random) {
        List<float[]> inputs = new ArrayList<>();
        for (List<Integer> shape : inputShapes) {
            boolean first = inputs.isEmpty();
            float[] values = new float[rows * shape.stream().reduce(1, Math::multiplyExact)];
            for (int i = 0; i < values.length; i++) {
                values[i] = first && integers > 0 ? random.nextInt(integers) : number(random);
            }
            if (first && maskedSteps) {
                mask(values, shape.get(0), values.length / rows / shape.get(0), random);
            }
            inputs.add(values);
        }
        return inputs;
    }

    private static float number(SplittableRandom random) {
        float number = (float) (Math.rint(random.nextDouble(-1.5, 1.5) / GRID) * GRID);
        return number == 0 ? (float) GRID : number;
    }

    /** Masks about a third of the steps, a first and a last one among them, but the second of no row. */
    private static void mask(float[] values, int steps, int width, SplittableRandom random) {
        for (int position = 0; position < values.length / width; position++) {
            int step = position % steps;
            boolean ends = position == 0 || position == steps - 1;
            if (step != 1 && (ends || random.nextInt(3) == 0)) {
                Arrays.fill(values, position * width, (position + 1) * width, 0f);
            }
        }
    }

    @Override
    public String toString() {
        return layer + (before.isEmpty() ? "" : " behind " + before) + " on " + inputShapes
                + (training ? "" : " in inference") + (shared ? ", called twice" : "");
    }
}
