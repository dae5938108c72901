package io.covey.server.shard;

import io.aeron.logbuffer.ControlledFragmentHandler;

/** What tests of other packages need of a shard, and its users do not. */
public final class ShardAccess {
    private ShardAccess() {}

    /** Reads a frame as if it had come from a peer whose session is known. */
    public static ControlledFragmentHandler frames(ShardServer shard) {
        return shard.frames();
    }
}
