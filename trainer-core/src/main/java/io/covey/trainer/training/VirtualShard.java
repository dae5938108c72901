package io.covey.trainer.training;

import io.covey.trainer.data.SampleBlock;
import java.io.Serializable;

/**
 * The data of one virtual shard: its rows of each split.
 *
 * @param index number of the virtual shard, from 0: a leaf of the {@link ReductionTree}
 * @param train training rows
 * @param validation validation rows, or null if the job has none
 * @param test test rows, or null if the job has none
 */
public record VirtualShard(int index, SampleBlock train, SampleBlock validation, SampleBlock test)
        implements Serializable {
    /** The rows of {@code split}, or null if the job has none. */
    public SampleBlock block(DataSplit split) {
        return switch (split) {
            case TRAIN -> train;
            case VALIDATION -> validation;
            case TEST -> test;
        };
    }
}
