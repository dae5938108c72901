package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ModelSummary;
import io.covey.trainer.model.SummaryOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Iterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The texts of a model's summary, of Keras 3 and 2. */
final class SummaryChecks {
    private static final Pattern KERAS_2 = Pattern.compile("summary_(default|\\d+)\\.txt");
    private static final String LINE_LENGTH = "line_length_";

    private final GoldenCase golden;
    private final Checks checks;

    SummaryChecks(GoldenCase golden, Checks checks) {
        this.golden = golden;
        this.checks = checks;
    }

    /** Compares with the files that {@code summaries} names by the arguments of {@code model.summary()}. */
    void keras3(Model model, JsonNode summaries) throws IOException {
        Iterator<String> names = summaries.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (name.equals("note")) {
                continue;
            }
            SummaryOptions options =
                    switch (name) {
                        case "default" -> SummaryOptions.DEFAULT;
                        case "show_trainable_expand_nested" -> new SummaryOptions(0, true, true, 0);
                        default -> {
                            if (!name.startsWith(LINE_LENGTH)) {
                                throw new IllegalArgumentException("summary " + name + " is not known to this suite");
                            }
                            yield new SummaryOptions(
                                    Integer.parseInt(name.substring(LINE_LENGTH.length())), false, false, 0);
                        }
                    };
            String file = summaries.get(name).asText();
            checks.equal(file, read(file), ModelSummary.keras3(model, options));
        }
    }

    /** Compares with the files in {@code summaries}, whose names end in the width. */
    void keras2(Model model, JsonNode summaries) throws IOException {
        for (JsonNode file : summaries) {
            Matcher name = KERAS_2.matcher(file.asText().substring(file.asText().lastIndexOf('/') + 1));
            if (!name.matches()) {
                throw new IllegalArgumentException("summary " + file + " is not known to this suite");
            }
            checks.equal(
                    file.asText(),
                    read(file.asText()),
                    name.group(1).equals("default")
                            ? ModelSummary.keras2(model)
                            : ModelSummary.keras2(model, Integer.parseInt(name.group(1))));
        }
    }

    private String read(String file) throws IOException {
        return Files.readString(golden.folder().resolve(file));
    }
}
