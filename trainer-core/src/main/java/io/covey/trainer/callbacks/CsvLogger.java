package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileProblem;
import io.covey.trainer.checkpoint.FileStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Keras' CSVLogger: one row per epoch, the bytes that Keras writes. The first epoch's keys, sorted, are the columns; in Keras 3
 * {@code val_} columns are added if that epoch was not validated, and a missing value is {@code NA}, where Keras 2 fails unless
 * training is being stopped. Lines end in CR LF.
 *
 * <p>The file is replaced as a whole after each epoch, so that it is complete at any time and may lie on a file system that
 * cannot append. A checkpoint holds the rows so far: after a resume the file is that of an uninterrupted run, even if rows had
 * been added after the checkpoint or the file was lost.
 */
public final class CsvLogger implements Callback {
    private static final String LINE_END = "\r\n";
    private static final String TEXT = "text";
    private static final String COLUMNS = "columns";

    private final FileStore files;
    private final String path;
    private final char separator;
    private final boolean append;
    private final Semantics semantics;
    private final StringBuilder text = new StringBuilder();
    /** Without the epoch; null until the first epoch has fixed them. */
    private List<String> columns;

    private Training training;

    /** A logger to {@code path} that behaves as Keras 3's. */
    public CsvLogger(FileStore files, String path, char separator, boolean append) {
        this(files, path, separator, append, Semantics.KERAS3);
    }

    /**
     * A logger to {@code path}.
     *
     * @param separator between the fields, Keras' default is a comma
     * @param append whether rows are added to an existing file, without a second header, or replace it
     */
    public CsvLogger(FileStore files, String path, char separator, boolean append, Semantics semantics) {
        this.files = files;
        this.path = path;
        this.separator = separator;
        this.append = append;
        this.semantics = semantics;
    }

    @Override
    public void onTrainBegin(Training newTraining) {
        training = newTraining;
        columns = null;
        text.setLength(0);
        if (append) {
            text.append(existingText());
        }
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
        log(epoch, logs);
    }

    /**
     * Adds the row of an epoch.
     *
     * @param logs numbers, texts, and lists of them
     */
    public void log(int epoch, Map<String, ?> logs) {
        if (columns == null) {
            columns = columns(logs);
            if (text.length() == 0) {
                row("epoch", columns);
            }
        }
        row(
                Integer.toString(epoch),
                columns.stream().map(key -> value(key, logs)).toList());
        write();
    }

    @Override
    public Map<String, String> state() {
        return columns == null
                ? Map.of(TEXT, text.toString())
                : Map.of(TEXT, text.toString(), COLUMNS, String.join("\n", columns));
    }

    @Override
    public void restore(Map<String, String> state) {
        text.setLength(0);
        text.append(state.get(TEXT));
        String names = state.get(COLUMNS);
        columns = names == null ? null : names.lines().toList();
    }

    private List<String> columns(Map<String, ?> logs) {
        List<String> names = new ArrayList<>(new TreeSet<>(logs.keySet()));
        if (semantics == Semantics.KERAS3 && names.stream().noneMatch(key -> key.startsWith("val_"))) {
            names.addAll(names.stream().map(key -> "val_" + key).toList());
        }
        return names;
    }

    private String value(String key, Map<String, ?> logs) {
        Object value = logs.get(key);
        if (value == null) {
            if (semantics == Semantics.KERAS2 && !training.isStopping()) {
                throw CoveyException.caller("'" + key + "'");
            }
            return "NA";
        }
        String text = PythonText.str(value);
        // Keras quotes lists itself, and the CSV writer quotes the quotes.
        return value instanceof List ? '"' + text + '"' : text;
    }

    private void row(String epoch, List<String> fields) {
        text.append(epoch);
        fields.forEach(field -> text.append(separator).append(quoted(field)));
        text.append(LINE_END);
    }

    private String quoted(String field) {
        boolean special = field.chars().anyMatch(c -> c == separator || c == '"' || c == '\r' || c == '\n');
        return special ? '"' + field.replace("\"", "\"\"") + '"' : field;
    }

    private String existingText() {
        try {
            if (!files.exists(path)) {
                return "";
            }
            try (FileStore.Input input = files.open(path)) {
                byte[] bytes = new byte[Math.toIntExact(input.length())];
                input.readFully(0, bytes, 0, bytes.length);
                return new String(bytes, StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw CoveyException.failure("cannot read " + path + " to append to it: " + FileProblem.of(e), e);
        }
    }

    private void write() {
        try {
            files.replace(path, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw CoveyException.failure("cannot write " + path + ": " + FileProblem.of(e), e);
        }
    }
}
