package io.covey.server.shard;

import io.covey.server.exchange.Contributions;
import io.covey.server.exchange.ExchangeConfig;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Holds a shard back until the members that contribute nothing have all of the step before and want the next. Others say so by
 * contributing. No shard then begins a step before all replicas have done the one before, wherever they are kept, nor a pass
 * before all members have begun it. Used by the shard's thread.
 */
final class SpectatorGate {
    private final int[] spectators;
    private final InProcessShard inProcess;
    /** By rank: the last step that the member has taken. */
    private final long[] taken;

    SpectatorGate(ExchangeConfig config, Contributions contributions, InProcessShard inProcess) {
        this.inProcess = inProcess;
        int members = config.topology().members().size();
        taken = new long[members];
        spectators = IntStream.range(0, members)
                .filter(rank -> contributions.nodesOf(rank).length == 0)
                .toArray();
    }

    /** All have the parameters before {@code nextStep}, and say so when their next pass begins. */
    void reset(long nextStep) {
        Arrays.fill(taken, nextStep - 2);
    }

    /** Whether {@code rank} is a member that is waited for. */
    boolean isSpectator(int rank) {
        for (int spectator : spectators) {
            if (spectator == rank) {
                return true;
            }
        }
        return false;
    }

    /** {@code rank} has all parameters after {@code step}. */
    void taken(int rank, long step) {
        taken[rank] = Math.max(taken[rank], step);
    }

    /** Whether {@code step} may begin. */
    boolean isOpen(long step) {
        for (int spectator : spectators) {
            if (Math.max(taken[spectator], inProcess.taken(spectator)) < step - 1) {
                return false;
            }
        }
        return true;
    }

    /** Ranks that {@code step} waits for. */
    List<Integer> missing(long step) {
        return Arrays.stream(spectators)
                .filter(rank -> Math.max(taken[rank], inProcess.taken(rank)) < step - 1)
                .boxed()
                .collect(Collectors.toList());
    }
}
