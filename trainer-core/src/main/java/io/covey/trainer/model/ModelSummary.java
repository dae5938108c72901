package io.covey.trainer.model;

import io.covey.trainer.layers.core.InputLayer;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A model as a table of its layers, output shapes and parameter counts. */
public final class ModelSummary {
    /** Keras 2's width of a Sequential's table. */
    public static final int LINE_LENGTH_DEFAULT = 65;

    /** Where Keras 2 ends the columns of a Sequential, as fractions of the width. */
    private static final double[] COLUMN_ENDS = {0.45, 0.85, 1.0};

    private ModelSummary() {}

    /** The text that Keras 2's {@code model.summary()} prints, in its default width. */
    public static String keras2(Model model) {
        return keras2(model, LINE_LENGTH_DEFAULT);
    }

    /**
     * The text that Keras 2's {@code model.summary(line_length)} prints; fields that are too long are cut, as there.
     *
     * @param lineLength width in characters
     */
    public static String keras2(Model model, int lineLength) {
        String thin = "_".repeat(lineLength) + "\n";
        String thick = "=".repeat(lineLength) + "\n";
        String layers = model.nodes().stream()
                .filter(node -> !(node.layer() instanceof InputLayer))
                .map(node -> row(
                        lineLength,
                        node.name() + " (" + node.layer().className() + ")",
                        shape(node.outputShape()),
                        Long.toString(node.parameterCount())))
                .collect(Collectors.joining(thin));
        long parameters = model.layout().parameterCount();
        return "Model: \"" + model.name() + "\"\n"
                + thin
                + row(lineLength, "Layer (type)", "Output Shape", "Param #")
                + thick
                + layers
                + thick
                + count("Total params", parameters)
                + count("Trainable params", parameters)
                + count("Non-trainable params", 0)
                + thin;
    }

    private static String count(String what, long parameters) {
        return String.format(Locale.ROOT, "%s: %,d\n", what, parameters);
    }

    private static String shape(List<Integer> withoutBatch) {
        return withoutBatch.isEmpty()
                ? "(None,)"
                : withoutBatch.stream().map(String::valueOf).collect(Collectors.joining(", ", "(None, ", ")"));
    }

    private static String row(int lineLength, String... fields) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < fields.length; i++) {
            int end = (int) (lineLength * COLUMN_ENDS[i]);
            if (i > 0) {
                line.setCharAt(line.length() - 1, ' ');
            }
            line.append(fields[i]);
            line.setLength(Math.min(line.length(), end));
            line.append(" ".repeat(end - line.length()));
        }
        return line.append('\n').toString();
    }
}
