package io.covey.trainer.golden;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.model.KerasJson;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.testing.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whole trainings: {@code fit} step by step, and one batch as the union of several workers' parts. */
final class TrainingGroup implements GoldenGroup {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public void verify(GoldenCase golden, Checks checks) throws Exception {
        String kind = golden.get("kind").asText();
        switch (kind) {
            case "data" -> data(golden, checks);
            case "training" -> new FitCase(golden, checks).verify();
            case "equivalence" -> new EquivalenceCase(golden, checks).verify(EquivalenceCase::local);
            default -> throw new IllegalArgumentException("unknown kind " + kind);
        }
    }

    private static void data(GoldenCase golden, Checks checks) {
        golden.skip("what");
        for (String name : List.of("x", "y", "val_x", "val_y")) {
            NpyFile array = golden.array(golden.get(name));
            List<Integer> shape = new ArrayList<>();
            golden.get(name).get("shape").forEach(axis -> shape.add(axis.asInt()));
            checks.equal(name, shape, array.shape());
        }
    }

    /** The model of a case, some of whose layers (inputs not counted) may have been frozen after it was built. */
    static Model model(GoldenCase golden, Set<Integer> frozen) throws IOException {
        JsonNode json = JSON.readTree(Files.readString(
                golden.folder().resolve(golden.get("model_json").asText())));
        int index = 0;
        for (JsonNode layer : json.get("config").get("layers")) {
            if (!layer.get("class_name").asText().equals("InputLayer")) {
                if (frozen.contains(index)) {
                    ((ObjectNode) layer.get("config")).put("trainable", false);
                }
                index++;
            }
        }
        return KerasJson.read(json.toString());
    }

    static Optimizer optimizer(GoldenCase golden) {
        Map<String, Object> arguments = JSON.convertValue(golden.get("optimizer"), new TypeReference<>() {});
        // Keras numbers the names of optimizers that a process makes, and parts their words: sgd_1, adam_w.
        String name = String.valueOf(arguments.remove("name")).replaceFirst("_\\d+$", "");
        return Optimizers.of(name.replace("_", ""), arguments);
    }

    /** A loss written as a call with {@code from_logits}. */
    static Loss loss(String call) {
        int open = call.indexOf('(');
        String[] argument = call.substring(open + 1, call.length() - 1).split("=", 2);
        if (!argument[0].equals("from_logits")) {
            throw new IllegalArgumentException("unknown loss " + call);
        }
        return Losses.of(call.substring(0, open), Map.of(argument[0], argument[1].equals("True")));
    }

    /** Puts the vector of a model's weights together from arrays in their order. */
    static float[] flat(Model model, List<float[]> arrays) {
        List<ParameterSpec> parameters = model.layout().parameters();
        float[] vector = new float[Math.toIntExact(model.layout().length())];
        for (int i = 0; i < parameters.size(); i++) {
            System.arraycopy(arrays.get(i), 0, vector, (int) parameters.get(i).offset(), arrays.get(i).length);
        }
        return vector;
    }
}
