package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import java.util.Locale;

/** Checks of a virtual shard's data before anything is trained on it. */
public final class SampleChecks {
    private SampleChecks() {}

    /**
     * Checks that a shard holds for each split what the job's plan gives it, with labels that are classes of the model.
     *
     * @throws CoveyException a caller's error that names the split, the row, the value and the legal range
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
            if (block.features() != spec.model().inputSize()) {
                throw CoveyException.caller(name(split) + " data has " + block.features()
                        + " features per row, the model's input_shape "
                        + spec.model().inputShape() + " needs "
                        + spec.model().inputSize());
            }
            checkLabels(split, plan, shard.index(), block.labels(), spec.classes());
        }
    }

    private static void checkLabels(DataSplit split, DataPlan plan, int shard, int[] labels, int classes) {
        for (int slot = 0; slot < labels.length; slot++) {
            if (labels[slot] < 0 || labels[slot] >= classes) {
                throw CoveyException.caller(name(split) + " data: row " + rowOf(plan, shard, slot) + " has label "
                        + labels[slot] + ", labels must be in [0, " + (classes - 1) + "] for a model with " + classes
                        + " outputs");
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
