package io.covey.trainer.data;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Places the rows of a data set into the blocks of the virtual shards that own them. Not thread-safe. */
public final class SampleBlockBuilder {
    private final DataPlan plan;
    private final DataPlan.Dealer dealer;
    private final int features;
    private final TreeMap<Integer, Target> targets = new TreeMap<>();

    /**
     * A builder of the blocks of some shards; rows of others are ignored.
     *
     * @param plan says which shard owns a row
     * @param features bytes per row
     * @param shards virtual shards whose blocks are wanted
     * @throws IllegalArgumentException when a shard has more than 2^31 - 1 bytes
     */
    public SampleBlockBuilder(DataPlan plan, int features, List<Integer> shards) {
        this.plan = plan;
        this.dealer = plan.dealer();
        this.features = features;
        for (int shard : shards) {
            long rows = plan.shardRows(shard);
            long bytes = rows * features;
            if (bytes > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "virtual shard " + shard + " would hold " + bytes + " bytes, at most " + Integer.MAX_VALUE
                                + " fit: use more virtual_shards than " + plan.virtualShards());
            }
            targets.put(shard, new Target((int) rows, (int) bytes));
        }
    }

    /**
     * Adds a row of the data set; the order of calls does not matter.
     *
     * @param row its number, in [0, plan.rows())
     * @param source holds its features from {@code offset} on
     * @param label its class
     */
    public void add(long row, byte[] source, int offset, int label) {
        Target target = targets.get(dealer.shard(row));
        if (target == null) {
            return;
        }
        int slot = (int) dealer.slot(row);
        if (target.filled[slot]) {
            throw new IllegalStateException("row " + row + " was added twice");
        }
        System.arraycopy(source, offset, target.data, slot * features, features);
        target.labels[slot] = label;
        target.filled[slot] = true;
    }

    /**
     * The blocks, in ascending order of their shards.
     *
     * @throws IllegalStateException when rows are missing
     */
    public List<SampleBlock> build() {
        List<SampleBlock> blocks = new ArrayList<>();
        targets.forEach((shard, target) -> {
            for (boolean filled : target.filled) {
                if (!filled) {
                    throw new IllegalStateException(
                            "virtual shard " + shard + " has not got all of its " + plan.shardRows(shard) + " rows");
                }
            }
            blocks.add(new SampleBlock(features, target.data, target.labels));
        });
        return List.copyOf(blocks);
    }

    /** A block under construction. */
    private static final class Target {
        final byte[] data;
        final int[] labels;
        final boolean[] filled;

        Target(int rows, int bytes) {
            data = new byte[bytes];
            labels = new int[rows];
            filled = new boolean[rows];
        }
    }
}
