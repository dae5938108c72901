package io.covey.trainer.training;

import io.covey.trainer.Counted;
import io.covey.trainer.CoveyException;
import io.covey.trainer.data.Column;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Value;
import io.covey.trainer.objective.OutputOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Checks of a virtual shard's data before anything is trained on it. */
public final class SampleChecks {
    private SampleChecks() {}

    /**
     * Checks that a shard holds for each split what the job's plan gives it: columns that fit the model, finite inputs,
     * targets and weights, labels that are classes of the model.
     *
     * @throws CoveyException a caller's error that names the split, the row, the value and what is legal
     */
    public static void check(TrainingSpec spec, VirtualShard shard) {
        for (DataSplit split : DataSplit.values()) {
            DataPlan plan = spec.plan(split);
            SampleBlock block = shard.block(split);
            if (plan == null) {
                continue;
            }
            long rows = plan.shardRows(shard.index());
            if (block == null || block.rows() != rows) {
                throw CoveyException.caller(name(split) + " data: virtual shard " + shard.index() + " holds "
                        + (block == null ? 0 : block.rows()) + " rows, the plan of " + plan.rows()
                        + " rows gives it " + rows);
            }
            StatefulLayers.checkBatches(name(split) + " data", spec.model(), plan.rows(), plan.batchSize());
            checkInputs(split, plan, shard.index(), block.inputs(), spec.model());
            checkTargets(split, plan, shard.index(), block.targets(), spec);
            if (block.sampleWeights() != null) {
                requireFinite(split, plan, shard.index(), "sample weight", new Column.Floats(1, block.sampleWeights()));
            }
        }
    }

    private static void checkInputs(DataSplit split, DataPlan plan, int shard, List<Column> columns, Model model) {
        requireShapes(name(split) + " data", columns, model);
        for (Column column : columns) {
            requireFinite(split, plan, shard, "input", column);
        }
    }

    /**
     * Checks that columns are the model's inputs.
     *
     * @param data what an error calls them
     * @throws CoveyException a caller's error when their number or widths do not fit
     */
    static void requireShapes(String data, List<Column> columns, Model model) {
        requireCount(data, "input", columns.size(), model.inputs().size());
        for (int i = 0; i < columns.size(); i++) {
            Value input = model.inputs().get(i);
            if (columns.get(i).width() != input.size()) {
                throw CoveyException.caller(data + " has "
                        + columns.get(i).width() + " features per row, the model's input_shape " + input.shape()
                        + " needs " + input.size());
            }
        }
    }

    private static void checkTargets(
            DataSplit split, DataPlan plan, int shard, List<Column> columns, TrainingSpec spec) {
        requireCount(
                name(split) + " data",
                "target",
                columns.size(),
                spec.model().outputs().size());
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            OutputOptions output = spec.compile().outputs().get(i);
            Value value = spec.model().outputs().get(i);
            Loss loss = output.loss();
            boolean sparse = loss != null && loss.isSparse();
            int[] shape = value.shape().stream().mapToInt(Integer::intValue).toArray();
            int width = loss == null
                    ? value.size()
                    : Arrays.stream(loss.targetShape(shape)).reduce(1, (a, b) -> a * b);
            if (column.width() != width) {
                throw CoveyException.caller(
                        name(split) + " data has " + Counted.of(column.width(), "target number") + " per row, "
                                + (loss == null ? "output" : loss.kerasName() + " on output")
                                + " of shape " + value.shape() + " needs " + width
                                + (sparse ? "; for one-hot labels use categorical_crossentropy" : ""));
            }
            requireFinite(split, plan, shard, "target", column);
            if (loss != null) {
                checkLabels(split, plan, shard, column, loss, shape.length == 0 ? 1 : shape[shape.length - 1]);
            }
        }
    }

    private static void requireCount(String data, String what, int found, int needed) {
        if (found != needed) {
            throw CoveyException.caller(data + " has " + Counted.of(found, what) + ", the model has " + needed);
        }
    }

    private static void requireFinite(DataSplit split, DataPlan plan, int shard, String what, Column column) {
        if (!(column instanceof Column.Floats floats)) {
            return;
        }
        float[] values = floats.values();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw CoveyException.caller(name(split) + " data: row " + rowOf(plan, shard, i / column.width())
                        + " has the " + what + " " + values[i] + " at place " + i % column.width()
                        + ": every number must be finite");
            }
        }
    }

    private static void checkLabels(DataSplit split, DataPlan plan, int shard, Column column, Loss loss, int classes) {
        for (int i = 0; i < column.length(); i++) {
            float label = column.get(i);
            if (!loss.accepts(label, classes)) {
                throw CoveyException.caller(name(split) + " data: row " + rowOf(plan, shard, i / column.width())
                        + " has label " + (column instanceof Column.Floats ? String.valueOf(label) : (int) label)
                        + ", labels must be " + (label != Math.rint(label) ? "integers " : "")
                        + "in [0, " + (classes - 1) + "] for a model with " + classes + " outputs");
            }
        }
    }

    /** The row of the data set that lies in this slot. */
    private static long rowOf(DataPlan plan, int shard, int slot) {
        DataPlan.Dealer dealer = plan.dealer();
        long row = 0;
        while (dealer.shard(row) != shard || dealer.slot(row) != slot) {
            row++;
        }
        return row;
    }

    private static String name(DataSplit split) {
        return split.name().toLowerCase(Locale.ROOT);
    }
}
