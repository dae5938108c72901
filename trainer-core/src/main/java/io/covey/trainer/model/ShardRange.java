package io.covey.trainer.model;

import java.io.Serializable;

/**
 * The part of the flat vector that one server shard owns.
 *
 * @param shard number of the shard, from 0
 * @param offset first float
 * @param length number of floats, at least 1
 */
public record ShardRange(int shard, long offset, long length) implements Serializable {
    /** The float after the last one. */
    public long end() {
        return offset + length;
    }
}
