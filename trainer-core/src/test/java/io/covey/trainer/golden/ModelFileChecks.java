package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.keras.KerasFile;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.KerasJson;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;

/** What else Keras saved of a model: files and the artefacts of Keras 2. */
final class ModelFileChecks {
    private final GoldenCase golden;
    private final Checks checks;
    private final Model model;

    ModelFileChecks(GoldenCase golden, Checks checks, Model model) {
        this.golden = golden;
        this.checks = checks;
        this.model = model;
    }

    void run() throws IOException {
        if (golden.has("keras_file")) {
            whole("keras_file");
        }
        if (golden.has("h5_file")) {
            whole("h5_file");
        }
        if (golden.has("weights_h5_file")) {
            weights("weights_h5_file", golden.get("weights_h5_file").asText(), model);
        }
        SummaryChecks summaries = new SummaryChecks(golden, checks);
        if (golden.has("summaries")) {
            summaries.keras3(model, golden.get("summaries"));
        }
        if (golden.has("keras2")) {
            keras2(golden.get("keras2"));
            if (golden.get("keras2").has("summaries")) {
                summaries.keras2(
                        keras2Model(golden.get("keras2")), golden.get("keras2").get("summaries"));
            }
        }
    }

    /** The file's own model, with its weights. */
    private void whole(String field) {
        String file = golden.get(field).asText();
        try (KerasFile saved = open(file)) {
            checks.equal(field + " names", names(model), names(saved.model()));
            checks.equal(field + " shapes", shapes(model), shapes(saved.model()));
            checks.equal(field + " layers", layers(model), layers(saved.model()));
            weights(field, file, saved.model());
        }
    }

    private void weights(String field, String file, Model of) {
        try (KerasFile saved = open(file);
                NativeFloats weights =
                        NativeFloats.allocate(Math.max(1, of.layout().length()))) {
            saved.readWeights(of, weights);
            List<ParameterSpec> parameters = of.layout().parameters();
            for (int i = 0; i < parameters.size(); i++) {
                ParameterSpec parameter = parameters.get(i);
                checks.equal(
                        field + " " + parameter.path(),
                        Arrays.toString(
                                golden.array(golden.get("weights").get(i)).floats()),
                        Arrays.toString(weights.get(parameter.offset(), (int) parameter.size())));
            }
        }
    }

    private KerasFile open(String file) {
        return KerasFile.open(
                new LocalFileStore(), golden.folder().resolve(file).toString());
    }

    private void keras2(JsonNode keras2) throws IOException {
        Model same = keras2Model(keras2);
        if (keras2.has("h5")) {
            weights("keras2 h5", keras2.get("h5").asText(), same);
        }
        checks.equal("keras2 names", names(model), names(same));
        checks.equal("keras2 shapes", shapes(model), shapes(same));
    }

    private Model keras2Model(JsonNode keras2) throws IOException {
        return KerasJson.read(
                Files.readString(golden.folder().resolve(keras2.path("json").asText())));
    }

    private static List<String> names(Model model) {
        return model.layout().parameters().stream().map(ParameterSpec::path).toList();
    }

    private static List<String> layers(Model model) {
        return model.nodes().stream()
                .map(node -> node.name() + " " + node.layer().className() + " " + node.outputShape())
                .toList();
    }

    private static List<List<Integer>> shapes(Model model) {
        return model.layout().parameters().stream().map(ParameterSpec::shape).toList();
    }
}
