package io.covey.trainer.testing;

import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.training.VirtualShard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A data set of bytes.
 *
 * @param features numbers per row
 * @param data row after row
 * @param labels of each row
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Samples(int features, byte[] data, int[] labels) {
    /** Random bytes, and labels that depend on them. */
    public static Samples random(int rows, int features, int classes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] data = new byte[rows * features];
        random.nextBytes(data);
        int[] labels = IntStream.range(0, rows)
                .map(i -> Math.floorMod(data[i * features], classes))
                .toArray();
        return new Samples(features, data, labels);
    }

    /** The first {@code rows} rows. */
    public Samples head(int rows) {
        return new Samples(features, Arrays.copyOf(data, rows * features), Arrays.copyOf(labels, rows));
    }

    /** The blocks of all virtual shards of a plan. */
    public List<SampleBlock> blocks(DataPlan plan) {
        SampleBlock all = new SampleBlock(features, data, labels);
        return IntStream.range(0, plan.virtualShards())
                .mapToObj(v -> all.select(plan.rowsOf(v)))
                .toList();
    }

    /** All virtual shards of a job with training data only. */
    public List<VirtualShard> shards(DataPlan plan) {
        return shards(plan, this, null, null);
    }

    /** All virtual shards of a job with validation data; {@code validation} may be null. */
    public static List<VirtualShard> shards(
            DataPlan trainPlan, Samples train, DataPlan validationPlan, Samples validation) {
        List<SampleBlock> trainBlocks = train.blocks(trainPlan);
        List<SampleBlock> validationBlocks = validation == null ? null : validation.blocks(validationPlan);
        List<VirtualShard> shards = new ArrayList<>();
        for (int v = 0; v < trainPlan.virtualShards(); v++) {
            shards.add(new VirtualShard(
                    v, trainBlocks.get(v), validationBlocks == null ? null : validationBlocks.get(v), null));
        }
        return shards;
    }
}
