package io.covey.server.membership;

/**
 * What a worker can restore a server shard from.
 *
 * @param shard number of the shard
 * @param step the newest global step before which its state is known
 * @param alsoPrevious whether the state before {@code step - 1} is known too
 */
public record Holding(int shard, long step, boolean alsoPrevious) {
    /** Whether the state before {@code wanted} is known. */
    public boolean holds(long wanted) {
        return wanted == step || (alsoPrevious && wanted == step - 1);
    }
}
