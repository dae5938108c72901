package io.covey.trainer.data;

import io.covey.trainer.random.CounterRandom;
import io.covey.trainer.random.Permutation;
import java.io.Serializable;

/**
 * Which virtual shard owns a row of a data set, and in which step of an epoch the shard trains it. A pure function of the
 * job's settings: the number of workers does not enter.
 *
 * <p>Every row has a position in [0, rows): its own index without shuffling, a seeded permutation of it with. The position
 * p belongs to virtual shard {@code floor((p mod B) * V / B)}, B being the global batch size and V the number of virtual
 * shards, so that without shuffling global batch t holds exactly the rows [tB, (t+1)B), as in Keras. A shard keeps its rows
 * in the order of their positions and takes {@link #microBatchSize} of them per step; with shuffling it permutes them anew
 * in every epoch.
 *
 * @param rows number of rows in the data set, at least 1
 * @param batchSize global batch size B, as in Keras
 * @param virtualShards number of virtual shards V, at most B
 * @param shuffle whether rows are dealt and permuted at random
 * @param seed the job's seed
 */
public record DataPlan(long rows, int batchSize, int virtualShards, boolean shuffle, long seed)
        implements Serializable {
    private static final long DEAL = 1;
    private static final long EPOCH = 2;

    /** @throws IllegalArgumentException when a number is out of its range */
    public DataPlan {
        if (rows < 1) {
            throw new IllegalArgumentException("a data set needs at least 1 row, this one has " + rows);
        }
        if (virtualShards < 1 || virtualShards > batchSize) {
            throw new IllegalArgumentException(
                    "virtual_shards is " + virtualShards + ", it must be in [1, batch_size = " + batchSize
                            + "]: each virtual shard needs at least one sample of each batch");
        }
    }

    /** Steps per epoch, the last partial batch included. */
    public long stepsPerEpoch() {
        return (rows + batchSize - 1) / batchSize;
    }

    /** Rows of each full global batch that belong to shard {@code v}. */
    public int microBatchSize(int v) {
        return firstRow(v + 1) - firstRow(v);
    }

    /** Rows that shard {@code v} trains in step {@code stepInEpoch}; fewer (even 0) in the last step. */
    public int microBatchRows(int v, long stepInEpoch) {
        long rest = rows - stepInEpoch * batchSize;
        long full = microBatchSize(v);
        return (int) Math.max(0, Math.min(full, rest - firstRow(v)));
    }

    /** Rows of the global batch of step {@code stepInEpoch}; fewer in the last step. */
    public int batchRows(long stepInEpoch) {
        return (int) Math.min(batchSize, rows - stepInEpoch * batchSize);
    }

    /** Number of rows that shard {@code v} owns. */
    public long shardRows(int v) {
        return rows / batchSize * microBatchSize(v) + microBatchRows(v, rows / batchSize);
    }

    /** The virtual shard that owns row {@code row} of the data set. */
    public int shardOf(long row) {
        return shardOfPosition(position(dealing(), row));
    }

    /**
     * The rows that shard {@code v} owns, in the order of its slots.
     *
     * @throws IllegalArgumentException when the data set has more rows than an array can name
     */
    public int[] rowsOf(int v) {
        if (rows > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(rows + " rows, at most " + Integer.MAX_VALUE + " can be in memory");
        }
        int[] owned = new int[(int) shardRows(v)];
        Dealer dealer = dealer();
        for (int row = 0; row < rows; row++) {
            if (dealer.shard(row) == v) {
                owned[(int) dealer.slot(row)] = row;
            }
        }
        return owned;
    }

    /**
     * Where each row goes, for reading a data set once: call {@link Dealer#shard} and {@link Dealer#slot} per row. The
     * dealer is immutable.
     */
    public Dealer dealer() {
        return new Dealer(dealing());
    }

    /**
     * The order in which shard {@code v} trains its rows in epoch {@code epoch}: step t takes the slots
     * {@code order(t*m) .. order(t*m + rows - 1)}, m being {@link #microBatchSize}.
     */
    public EpochOrder epochOrder(int v, long epoch) {
        return new EpochOrder(shuffle ? Permutation.of(shardRows(v), CounterRandom.of(seed, EPOCH, epoch, v)) : null);
    }

    private Permutation dealing() {
        return shuffle ? Permutation.of(rows, CounterRandom.of(seed, DEAL)) : null;
    }

    private static long position(Permutation dealing, long row) {
        return dealing == null ? row : dealing.apply(row);
    }

    private int shardOfPosition(long position) {
        long inBatch = position % batchSize;
        return (int) (inBatch * virtualShards / batchSize);
    }

    /** First row within a global batch that belongs to shard {@code v}: the least r with floor(r * V / B) = v. */
    public int firstRow(int v) {
        return (int) (((long) v * batchSize + virtualShards - 1) / virtualShards);
    }

    /** Sends rows to shards. */
    public final class Dealer {
        private final Permutation dealing;

        private Dealer(Permutation dealing) {
            this.dealing = dealing;
        }

        /** The shard that owns {@code row}. */
        public int shard(long row) {
            return shardOfPosition(position(dealing, row));
        }

        /** The place of {@code row} among its shard's rows, in [0, shardRows). */
        public long slot(long row) {
            long position = position(dealing, row);
            int v = shardOfPosition(position);
            return position / batchSize * microBatchSize(v) + (position % batchSize - firstRow(v));
        }
    }

    /** The order of one shard's rows in one epoch. */
    public static final class EpochOrder {
        /** Slot after slot: the order of evaluation. */
        public static final EpochOrder IN_PLACE = new EpochOrder(null);

        private final Permutation permutation;

        private EpochOrder(Permutation permutation) {
            this.permutation = permutation;
        }

        /** The slot that comes at place {@code index}. */
        public long slot(long index) {
            return permutation == null ? index : permutation.apply(index);
        }
    }
}
