package io.covey.trainer.engine;

import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Node;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.objective.MetricState;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The units of a layer with a kernel that contribute nothing: those without incoming weights, whose output is constant, and
 * those that are 0 for every one of some samples, as relu's are that have died.
 *
 * @param layer name
 * @param zeroWeightNodes units whose kernel values are all 0
 * @param zeroWeightAndBiasNodes those of them whose bias is 0 too, or that have none
 * @param neverActive units whose output is 0 at all places of all samples
 * @param zeroFraction the part of all the layer's outputs that is 0
 */
public record DeadNodes(
        String layer,
        List<Integer> zeroWeightNodes,
        List<Integer> zeroWeightAndBiasNodes,
        List<Integer> neverActive,
        double zeroFraction) {
    private static final int ROWS_MAX = 64;

    public DeadNodes {
        zeroWeightNodes = List.copyOf(zeroWeightNodes);
        zeroWeightAndBiasNodes = List.copyOf(zeroWeightAndBiasNodes);
        neverActive = List.copyOf(neverActive);
    }

    /**
     * Looks at every layer whose first variable is a kernel with the units as its last axis.
     *
     * @param parameters the flat vector
     * @param samples at least one row
     */
    public static List<DeadNodes> find(Model model, NativeFloats parameters, SampleBlock samples) {
        List<Node> layers =
                model.nodes().stream().filter(node -> kernel(node).isPresent()).toList();
        int rows = Math.min(ROWS_MAX, samples.rows());
        List<Activity> activities =
                layers.stream().map(node -> new Activity(units(node))).toList();
        try (Program program = Program.compile(
                model,
                new OutputsOnly(),
                samples.inputs().stream().map(InputFormat::of).toList(),
                1f,
                rows,
                new ProgramOptions(false, false, false, true))) {
            for (int from = 0; from < samples.rows(); from += rows) {
                int given = Math.min(rows, samples.rows() - from);
                for (int row = 0; row < rows; row++) {
                    program.put(row, samples, from + Math.min(row, given - 1));
                }
                program.forward(parameters.address(), MetricState.zero(2));
                for (int i = 0; i < layers.size(); i++) {
                    FloatBuffer output = program.layerOutput(layers.get(i).name());
                    activities.get(i).add(output, output.capacity() / rows * given);
                }
            }
        }
        List<DeadNodes> found = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            found.add(of(layers.get(i), parameters, activities.get(i)));
        }
        return found;
    }

    private static Optional<ParameterSpec> kernel(Node node) {
        return node.parameters().stream()
                .findFirst()
                .filter(spec -> spec.path().endsWith("/kernel"))
                .filter(spec -> spec.shape().get(spec.shape().size() - 1) == units(node));
    }

    private static int units(Node node) {
        List<Integer> shape = node.outputShape();
        return shape.isEmpty() ? 1 : shape.get(shape.size() - 1);
    }

    private static DeadNodes of(Node node, NativeFloats parameters, Activity activity) {
        float[] kernel = values(parameters, kernel(node).orElseThrow());
        Optional<ParameterSpec> bias = node.parameters().stream()
                .filter(spec -> spec.path().endsWith("/bias"))
                .findFirst();
        float[] biases = bias.map(spec -> values(parameters, spec)).orElse(new float[units(node)]);
        List<Integer> zeroWeights = new ArrayList<>();
        List<Integer> zeroBiases = new ArrayList<>();
        for (int unit = 0; unit < units(node); unit++) {
            boolean zero = true;
            for (int i = unit; i < kernel.length; i += units(node)) {
                zero &= kernel[i] == 0;
            }
            if (zero) {
                zeroWeights.add(unit);
                if (biases[unit] == 0) {
                    zeroBiases.add(unit);
                }
            }
        }
        return new DeadNodes(node.name(), zeroWeights, zeroBiases, activity.neverActive(), activity.zeroFraction());
    }

    private static float[] values(NativeFloats parameters, ParameterSpec spec) {
        return parameters.get(spec.offset(), Math.toIntExact(spec.size()));
    }

    /** What a layer's units did so far. */
    private static final class Activity {
        private final boolean[] wasActive;
        private long zeros;
        private long outputs;

        Activity(int units) {
            wasActive = new boolean[units];
        }

        void add(FloatBuffer output, int count) {
            for (int i = 0; i < count; i++) {
                if (output.get(i) == 0) {
                    zeros++;
                } else {
                    wasActive[i % wasActive.length] = true;
                }
            }
            outputs += count;
        }

        List<Integer> neverActive() {
            List<Integer> units = new ArrayList<>();
            for (int unit = 0; unit < wasActive.length; unit++) {
                if (!wasActive[unit]) {
                    units.add(unit);
                }
            }
            return units;
        }

        double zeroFraction() {
            return zeros / (double) outputs;
        }
    }
}
