package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.checkpoint.StateText;
import io.covey.trainer.checkpoint.TensorBundleReader;
import io.covey.trainer.memory.NativeFloats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What TensorFlow makes of the text of {@code checkpoint} files. */
final class StateFileChecks {
    private StateFileChecks() {}

    static void verifyRows(GoldenCase golden, Checks checks) {
        for (JsonNode row : golden.get("rows")) {
            String text = row.get("text").asText();
            JsonNode state = row.get("state");
            boolean isRefused = state.isNull() || state.has("ok");
            checks.equal(
                    text,
                    isRefused
                            ? List.of()
                            : List.of(
                                    List.of(state.get("model_checkpoint_path").asText()),
                                    texts(state.get("all_model_checkpoint_paths"))),
                    paths(text));
        }
    }

    private static List<List<String>> paths(String text) {
        return StateText.checkpoints(text).stream()
                .map(paths -> paths.stream()
                        .map(path -> path.startsWith("/") ? path : "DIR/" + path)
                        .toList())
                .toList();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    /** Several checkpoints of a variable v, and the file that lists them. */
    static void verifyManager(GoldenCase golden, Checks checks) throws IOException {
        Path file = golden.folder().resolve(golden.get("state_file").asText());
        List<List<String>> state = StateText.checkpoints(Files.readString(file));
        checks.equal(
                "latest_checkpoint",
                golden.folder().resolve(golden.get("latest_checkpoint").asText()),
                file.resolveSibling(state.get(0).get(0)));
        checks.equal("all_paths", texts(golden.get("all_paths")), state.get(1));
        golden.get("values_v").fields().forEachRemaining(expected -> {
            String prefix = file.resolveSibling(expected.getKey()).toString();
            float[] values = new float[expected.getValue().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) expected.getValue().get(i).asDouble();
            }
            float[] found;
            try (TensorBundleReader reader = TensorBundleReader.open(new LocalFileStore(), prefix);
                    NativeFloats target = NativeFloats.allocate(values.length)) {
                reader.readFloats("v/.ATTRIBUTES/VARIABLE_VALUE", target);
                found = target.get(0, values.length);
            }
            checks.close(expected.getKey(), values, found, 0);
        });
    }
}
