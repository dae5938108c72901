package io.covey.trainer.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A model as a table of its layers, output shapes and parameter counts: the texts of Keras' {@code model.summary()}. */
public final class ModelSummary {
    /** Keras 2's width of the table of a stack of layers. */
    public static final int LINE_LENGTH_DEFAULT = 65;

    private static final int GRAPH_LINE_LENGTH_DEFAULT = 98;

    /** Where Keras 2 ends the columns, as fractions of the width. */
    private static final double[] STACK_ENDS = {0.45, 0.85, 1.0};

    private static final double[] GRAPH_ENDS = {0.33, 0.55, 0.67, 1.0};

    private static final List<String> HEADER = List.of("Layer (type)", "Output Shape", "Param #");
    private static final String CONNECTIONS = "Connected to";

    private ModelSummary() {}

    /** The text that Keras 2's {@code model.summary()} prints, in its default width. */
    public static String keras2(Model model) {
        return keras2(model, new SummaryRows(model).isStack() ? LINE_LENGTH_DEFAULT : GRAPH_LINE_LENGTH_DEFAULT);
    }

    /**
     * The text that Keras 2's {@code model.summary(line_length)} prints; fields that are too long are cut, as there.
     *
     * @param lineLength width in characters
     */
    public static String keras2(Model model, int lineLength) {
        SummaryRows rows = new SummaryRows(model);
        double[] ends = rows.isStack() ? STACK_ENDS : GRAPH_ENDS;
        String thin = "_".repeat(lineLength) + "\n";
        String thick = "=".repeat(lineLength) + "\n";
        List<String> layers = new ArrayList<>();
        for (Node node : rows.nodes()) {
            List<String> fields = new ArrayList<>(
                    List.of(SummaryRows.title(node), rows.keras2Shape(node), Long.toString(node.parameterCount())));
            StringBuilder lines = new StringBuilder();
            List<String> connections = rows.isStack() ? List.of() : rows.connections(node);
            if (!rows.isStack()) {
                fields.add(connections.isEmpty() ? "" : connections.get(0));
            }
            lines.append(row(lineLength, ends, fields));
            for (int i = 1; i < connections.size(); i++) {
                lines.append(row(lineLength, ends, List.of("", "", "", connections.get(i))));
            }
            layers.add(lines.toString());
        }
        long trainable = model.trainableCount();
        long all = model.layout().parameterCount();
        return "Model: \"" + model.name() + "\"\n"
                + thin
                + row(lineLength, ends, header(rows))
                + thick
                + String.join(thin, layers)
                + thick
                + count("Total params", all)
                + count("Trainable params", trainable)
                + count("Non-trainable params", all - trainable)
                + thin;
    }

    /** The text that Keras 3's {@code model.summary()} prints in a wide terminal. */
    public static String keras3(Model model) {
        return keras3(model, SummaryOptions.DEFAULT);
    }

    /** The text that Keras 3's {@code model.summary()} prints with options. */
    public static String keras3(Model model, SummaryOptions options) {
        SummaryRows rows = new SummaryRows(model);
        List<String> header = header(rows);
        List<RichTable.Justify> justify =
                new ArrayList<>(List.of(RichTable.Justify.LEFT, RichTable.Justify.LEFT, RichTable.Justify.RIGHT));
        if (!rows.isStack()) {
            justify.add(RichTable.Justify.LEFT);
        }
        if (options.showTrainable()) {
            header.add("Trainable");
            justify.add(RichTable.Justify.CENTER);
        }
        RichTable table = new RichTable(options.lineLength(rows.isStack()), options.ends(rows.isStack()), justify);
        table.add(header);
        if (model.operations().isEmpty()) {
            rows.nodes()
                    .forEach(node -> addRow(table, options, rows.isStack(), rows, node, "", rows.connections(node)));
        }
        for (GraphRow row : model.operations()) {
            if (row.isLayer()) {
                addRow(table, options, rows.isStack(), rows, model.node(row.name()), "", row.connections());
            } else {
                addOperation(table, options, model.batchSize(), row);
            }
        }
        long trainable = model.trainableCount();
        long all = model.layout().parameterCount();
        return "Model: \"" + model.name() + "\"\n"
                + table.render()
                + size("Total params", all + options.optimizerCount())
                + size("Trainable params", trainable)
                + size("Non-trainable params", all - trainable)
                + (options.optimizerCount() == 0 ? "" : size("Optimizer params", options.optimizerCount()));
    }

    private static void addRow(
            RichTable table,
            SummaryOptions options,
            boolean isStack,
            SummaryRows rows,
            Node node,
            String prefix,
            List<String> connections) {
        List<String> fields = new ArrayList<>(List.of(
                prefix + SummaryRows.title(node),
                rows.keras3Shape(node),
                String.format(Locale.ROOT, "%,d", node.parameterCount())));
        if (!isStack) {
            fields.add(connections.isEmpty() ? "-" : String.join(", ", connections));
        }
        if (options.showTrainable()) {
            fields.add(node.parameters().isEmpty() ? "-" : node.layer().isTrainable() ? "Y" : "N");
        }
        table.add(fields);
        if (options.expandNested() && node.layer() instanceof ModelLayer inner) {
            SummaryRows innerRows = new SummaryRows(inner.model());
            for (Node innerNode : innerRows.nodes()) {
                addRow(
                        table,
                        options,
                        isStack,
                        innerRows,
                        innerNode,
                        "   " + (prefix.isEmpty() ? "└ " : prefix),
                        List.of());
            }
        }
    }

    private static void addOperation(RichTable table, SummaryOptions options, int batchSize, GraphRow row) {
        List<String> fields = new ArrayList<>(List.of(
                row.name() + " (" + row.className() + ")",
                SummaryRows.shape(batchSize, row.shape()),
                "0",
                String.join(", ", row.connections())));
        if (options.showTrainable()) {
            fields.add("-");
        }
        table.add(fields);
    }

    private static List<String> header(SummaryRows rows) {
        List<String> header = new ArrayList<>(HEADER);
        if (!rows.isStack()) {
            header.add(CONNECTIONS);
        }
        return header;
    }

    private static String count(String what, long parameters) {
        return String.format(Locale.ROOT, "%s: %,d\n", what, parameters);
    }

    private static String size(String what, long parameters) {
        String[] units = {"B", "KB", "MB", "GB", "TB", "PB"};
        double size = (double) parameters * Float.BYTES;
        int unit = 0;
        while (size >= 1024 && unit < units.length - 1) {
            size /= 1024;
            unit++;
        }
        // Python rounds halves to even digits.
        BigDecimal rounded = new BigDecimal(size).setScale(2, RoundingMode.HALF_EVEN);
        return String.format(Locale.ROOT, " %s: %,d (%s %s)\n", what, parameters, rounded, units[unit]);
    }

    private static String row(int lineLength, double[] ends, List<String> fields) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < fields.size(); i++) {
            int end = (int) (lineLength * ends[i]);
            if (i > 0) {
                line.setCharAt(line.length() - 1, ' ');
            }
            line.append(fields.get(i));
            line.setLength(Math.min(line.length(), end));
            line.append(" ".repeat(end - line.length()));
        }
        return line.append('\n').toString();
    }
}
