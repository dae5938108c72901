package io.covey.spark.cli;

import io.covey.spark.run.RunResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/** What came of a job's variants: one line for each, with the metrics on all test data. */
final class VariantTable {
    private static final String GAP = "  ";

    private final List<Map<String, String>> rows = new ArrayList<>();

    /** Adds the line of a variant that ran to its end. */
    void add(String variant, RunResult result) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("variant", variant);
        row.put("epochs", Integer.toString(result.epochs()));
        if (result.test() != null) {
            addMetrics(row, "test", result.test());
        }
        result.moreTests().forEach((name, metrics) -> addMetrics(row, name, metrics));
        row.put("weights sha256", result.weightsSha256());
        rows.add(row);
    }

    private static void addMetrics(Map<String, String> row, String data, SortedMap<String, Double> metrics) {
        metrics.forEach((name, value) -> row.put(data + " " + name, String.format(Locale.ROOT, "%.4f", value)));
    }

    /** The table with a line of headings, each line ended by a newline. */
    @Override
    public String toString() {
        Map<String, Integer> widths = new LinkedHashMap<>();
        rows.forEach(row -> row.forEach(
                (heading, cell) -> widths.merge(heading, Math.max(heading.length(), cell.length()), Math::max)));
        StringBuilder text = new StringBuilder();
        Map<String, String> headings = new LinkedHashMap<>();
        widths.keySet().forEach(heading -> headings.put(heading, heading));
        appendLine(text, headings, widths);
        rows.forEach(row -> appendLine(text, row, widths));
        return text.toString();
    }

    private static void appendLine(StringBuilder text, Map<String, String> row, Map<String, Integer> widths) {
        List<String> cells = new ArrayList<>();
        widths.forEach((heading, width) ->
                cells.add(String.format(Locale.ROOT, "%-" + width + "s", row.getOrDefault(heading, "-"))));
        text.append(String.join(GAP, cells).stripTrailing()).append('\n');
    }
}
