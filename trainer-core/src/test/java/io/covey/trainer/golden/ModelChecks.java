package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.ProgramOptions;
import io.covey.trainer.engine.loss.CompiledObjective;
import io.covey.trainer.layers.core.InputLayer;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.KerasJson;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Node;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.model.UpdateRule;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.OutputOptions;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.regularizers.L1L2;
import io.covey.trainer.testing.NpyFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** A model's structure, outputs, losses, gradients and statistics against what Keras recorded. */
final class ModelChecks {
    /** Nothing is computed in fewer roundings than this, relative to the largest number compared. */
    private static final double FLOAT_ULP = Math.ulp(1f);

    private final GoldenCase golden;
    private final Checks checks;
    private final Model model;
    private final CompileOptions compile;
    private final int rows;

    ModelChecks(GoldenCase golden, Checks checks) throws IOException {
        this.golden = golden;
        this.checks = checks;
        model = KerasJson.read(
                Files.readString(golden.folder().resolve(golden.get("json").asText())));
        rows = golden.get("batch").asInt();
        List<OutputOptions> outputs = new ArrayList<>();
        for (int i = 0; i < golden.get("losses").size(); i++) {
            outputs.add(new OutputOptions(
                    Losses.of(golden.get("losses").get(i).asText()),
                    golden.get("loss_weights").get(i).asDouble(),
                    List.of(),
                    List.of()));
        }
        compile = new CompileOptions(outputs, Map.of());
    }

    void run() throws IOException {
        golden.skip("keras_version");
        checks.equal(
                "model_class", golden.get("model_class").asText(), model.kind().className());
        structure();
        phase("inference", new ProgramOptions(false, true, hasInputGradients(), true));
        boolean random = golden.get("random_in_training").asBoolean();
        if (golden.has("training")) {
            phase("training", new ProgramOptions(true, true, hasInputGradients(), false));
        } else {
            checks.equal("random_in_training", true, random);
        }
        new ModelFileChecks(golden, checks, model).run();
    }

    private boolean hasInputGradients() {
        return golden.get("inference").has("input_gradients");
    }

    private void structure() {
        List<Node> nodes = model.nodes().stream()
                .filter(node -> model.kind() == Model.Kind.FUNCTIONAL || !(node.layer() instanceof InputLayer))
                .toList();
        JsonNode layers = golden.get("layers");
        checks.equal("number of layers", layers.size(), nodes.size());
        for (int i = 0; i < layers.size(); i++) {
            JsonNode expected = layers.get(i);
            Node node = nodes.get(i);
            String name = expected.path("name").asText();
            checks.equal("name of layer " + i, name, node.name());
            checks.equal(
                    name + " class_name",
                    expected.path("class_name").asText(),
                    node.layer().shownName());
            checks.equal(name + " output_shape", shape(expected.path("output_shape")), node.outputShape());
            checks.equal(name + " params", expected.path("params").asLong(), node.parameterCount());
            checks.equal(
                    name + " trainable",
                    expected.path("trainable").asBoolean(),
                    node.layer().isTrainable());
            checks.equal(
                    name + " weights",
                    expected.path("weights").size(),
                    node.parameters().size());
        }
        List<ParameterSpec> specs = model.layout().parameters();
        JsonNode weights = golden.get("weights");
        checks.equal("number of weights", weights.size(), specs.size());
        for (int i = 0; i < weights.size(); i++) {
            String path = weights.get(i).path("path").asText();
            checks.equal(
                    "path of weight " + i,
                    true,
                    path.equals(specs.get(i).path())
                            || path.endsWith("/" + specs.get(i).path()));
            checks.equal(
                    path + " shape",
                    ints(weights.get(i).path("shape")),
                    specs.get(i).shape());
            checks.equal(
                    path + " trainable",
                    weights.get(i).path("trainable").asBoolean(),
                    specs.get(i).isTrainable());
        }
        checks.equal(
                "total_params",
                golden.get("total_params").asLong(),
                model.layout().parameterCount());
        checks.equal("trainable_params", golden.get("trainable_params").asLong(), model.trainableCount());
        checks.equal(
                "non_trainable_params",
                golden.get("non_trainable_params").asLong(),
                model.layout().parameterCount() - model.trainableCount());
    }

    private void phase(String phase, ProgramOptions options) {
        JsonNode expected = golden.get(phase);
        JsonNode noise = golden.get("float32_minus_float64").path(phase);
        NativeLibraries.setThreadsOfThisThread(1);
        SampleBlock block = block();
        List<InputFormat> formats = block.inputs().stream().map(InputFormat::of).toList();
        MetricState state = MetricState.zero(new StateLayout(model, compile).stateLength());
        try (NativeFloats parameters =
                        NativeFloats.allocate(Math.max(1, model.layout().length()));
                NativeFloats gradient =
                        NativeFloats.allocate(Math.max(1, model.layout().length()));
                Program program =
                        Program.compile(model, new CompiledObjective(model, compile), formats, 1f, rows, options)) {
            List<ParameterSpec> specs = model.layout().parameters();
            for (int i = 0; i < specs.size(); i++) {
                parameters.put(
                        specs.get(i).offset(),
                        golden.array(golden.get("weights").get(i)).floats());
            }
            for (int row = 0; row < rows; row++) {
                program.put(row, block, row);
            }
            program.forwardBackward(parameters.address(), gradient.address(), false, state);
            Iterator<String> fields = expected.fieldNames();
            while (fields.hasNext()) {
                String field = fields.next();
                JsonNode value = expected.get(field);
                String check = phase + " " + field;
                switch (field) {
                    case "outputs" -> outputs(check, value, program, noise);
                    case "output_losses" -> outputLosses(check, value, state, noise, expected);
                    case "loss" ->
                        checks.close(
                                check,
                                value.asDouble(),
                                state.get(StateLayout.LOSS) / rows,
                                lossTolerance(expected, noise));
                    case "regularization_losses" -> penalties(check, value, program);
                    case "gradients" -> gradients(check, value, parameters, gradient, noise);
                    case "input_gradients" -> inputGradients(check, value, program, noise);
                    case "non_trainable_after_call" -> statistics(check, value, parameters, gradient, noise);
                    default -> checks.equal(check + " is a known field", true, false);
                }
            }
            if (options.layerOutputs()) {
                layerOutputs(program, noise);
            }
        }
    }

    private void outputs(String check, JsonNode expected, Program program, JsonNode noise) {
        for (int i = 0; i < expected.size(); i++) {
            float[] values = golden.array(expected.get(i)).floats();
            checks.close(check + " " + i, values, read(program.outputs(i)), tolerance(noise, "max_abs_output", values));
        }
    }

    private void layerOutputs(Program program, JsonNode noise) {
        golden.skip("layer_outputs_error");
        if (!golden.has("layer_outputs")) {
            return;
        }
        JsonNode expected = golden.get("layer_outputs");
        for (JsonNode each : expected) {
            String layer = each.path("layer").asText();
            float[] values = golden.array(each).floats();
            checks.close(
                    "output of layer " + layer,
                    values,
                    read(program.layerOutput(layer)),
                    tolerance(noise, "max_abs_output", values));
        }
    }

    private void outputLosses(String check, JsonNode expected, MetricState state, JsonNode noise, JsonNode phase) {
        List<StateLayout.Output> outputs = new StateLayout(model, compile).outputs();
        double penalty = sum(phase.path("regularization_losses"));
        for (int i = 0; i < expected.size(); i++) {
            int index = outputs.get(i).lossIndex();
            double loss = index < 0
                    ? (state.get(StateLayout.LOSS) / rows - penalty)
                            / golden.get("loss_weights").get(i).asDouble()
                    : state.get(index) / state.get(StateLayout.BATCHES);
            checks.close(check + " " + i, expected.get(i).asDouble(), loss, lossTolerance(phase, noise));
        }
    }

    private void penalties(String check, JsonNode expected, Program program) {
        double[] values = StreamSupport.stream(expected.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
        double[] found = program.penalties();
        Arrays.sort(values);
        Arrays.sort(found);
        checks.close(check, values, found, 10 * FLOAT_ULP * Math.max(1, sum(expected)));
    }

    private void gradients(
            String check, JsonNode expected, NativeFloats parameters, NativeFloats gradient, JsonNode noise) {
        List<ParameterSpec> trained = model.layout().parameters().stream()
                .filter(ParameterSpec::isTrainable)
                .toList();
        checks.equal(check + " count", expected.size(), trained.size());
        for (int i = 0; i < expected.size(); i++) {
            ParameterSpec spec = trained.get(i);
            float[] mean = gradient.get(spec.offset(), (int) spec.size());
            float[] weights = parameters.get(spec.offset(), (int) spec.size());
            for (int k = 0; k < mean.length; k++) {
                mean[k] /= rows;
                mean[k] += spec.regularizer() instanceof L1L2 added ? added.derivative(weights[k]) : 0;
            }
            float[] values = golden.array(expected.get(i)).floats();
            checks.close(
                    check + " " + expected.get(i).path("path").asText(),
                    values,
                    mean,
                    tolerance(noise, "max_abs_gradient", values));
        }
    }

    private void inputGradients(String check, JsonNode expected, Program program, JsonNode noise) {
        for (int i = 0; i < expected.size(); i++) {
            if (expected.get(i).isNull()) {
                continue; // An input of integers has none.
            }
            float[] mean = read(program.inputGradient(i));
            for (int k = 0; k < mean.length; k++) {
                mean[k] /= rows;
            }
            float[] values = golden.array(expected.get(i)).floats();
            checks.close(check + " " + i, values, mean, tolerance(noise, "max_abs_gradient", values));
        }
    }

    private void statistics(
            String check, JsonNode expected, NativeFloats parameters, NativeFloats gradient, JsonNode noise) {
        for (JsonNode each : expected) {
            String path = each.path("path").asText();
            ParameterSpec spec = model.layout().parameters().stream()
                    .filter(candidate -> path.equals(candidate.path()) || path.endsWith("/" + candidate.path()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no weight " + path));
            float[] found = parameters.get(spec.offset(), (int) spec.size());
            if (spec.rule() instanceof UpdateRule.MovingAverage moving) {
                float[] sums = gradient.get(spec.offset(), (int) spec.size());
                float momentum = (float) moving.momentum();
                for (int k = 0; k < found.length; k++) {
                    found[k] = found[k] * momentum + sums[k] / rows * (1 - momentum);
                }
            }
            float[] values = golden.array(each).floats();
            checks.close(check + " " + path, values, found, tolerance(noise, "max_abs_output", values));
        }
    }

    private SampleBlock block() {
        List<Column> inputs = new ArrayList<>();
        golden.get("inputs").forEach(reference -> inputs.add(column(reference)));
        List<Column> targets = new ArrayList<>();
        golden.get("targets").forEach(reference -> targets.add(column(reference)));
        return new SampleBlock(rows, inputs, targets, null);
    }

    private Column column(JsonNode reference) {
        NpyFile array = golden.array(reference);
        int width = array.elements() / rows;
        return switch (reference.path("dtype").asText()) {
            case "float32" -> new Column.Floats(width, array.floats());
            case "int32" -> new Column.Ints(width, array.ints());
            case "int64" ->
                new Column.Ints(
                        width,
                        Arrays.stream(array.longs()).mapToInt(Math::toIntExact).toArray());
            case "uint8" -> new Column.Bytes(width, array.bytes());
            default -> throw new IllegalArgumentException("dtype " + reference.path("dtype") + " is not known");
        };
    }

    /** Ten times the recorded noise, and never less than single rounding of the numbers compared. */
    private static double tolerance(JsonNode noise, String field, float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return Checks.NOISE_FACTOR * Math.max(noise.path(field).asDouble(), FLOAT_ULP / 2 * largest);
    }

    private static double lossTolerance(JsonNode phase, JsonNode noise) {
        double loss = phase.path("loss").asDouble();
        double float64 = noise.path("loss_float64").asDouble();
        return Checks.NOISE_FACTOR * Math.max(Math.abs(loss - float64), FLOAT_ULP / 2 * Math.abs(loss));
    }

    private static double sum(JsonNode values) {
        double sum = 0;
        for (JsonNode value : values) {
            sum += value.asDouble();
        }
        return sum;
    }

    private static float[] read(FloatBuffer buffer) {
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static List<Integer> shape(JsonNode withBatch) {
        List<Integer> shape = ints(withBatch);
        return shape.subList(1, shape.size());
    }

    private static List<Integer> ints(JsonNode list) {
        List<Integer> values = new ArrayList<>();
        list.forEach(value -> values.add(value.isNull() ? -1 : value.asInt()));
        return values;
    }
}
