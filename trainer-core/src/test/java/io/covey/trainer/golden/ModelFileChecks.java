package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.model.KerasJson;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import java.io.IOException;
import java.nio.file.Files;
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
        golden.skip("keras_file", "h5_file", "weights_h5_file");
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

    private void keras2(JsonNode keras2) throws IOException {
        Model same = keras2Model(keras2);
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

    private static List<List<Integer>> shapes(Model model) {
        return model.layout().parameters().stream().map(ParameterSpec::shape).toList();
    }
}
