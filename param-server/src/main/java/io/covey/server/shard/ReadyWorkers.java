package io.covey.server.shard;

import io.covey.server.transport.EndpointSubscription;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Which workers receive a shard's parameters, and whether their gradients can still arrive. */
final class ReadyWorkers {
    private static final int NO_SESSION = 0;

    private final EndpointSubscription gradients;
    private final InProcessShard inProcess;
    /** By worker: whether it has said so, and the session of its gradients. */
    private final boolean[] ready;

    private final int[] sessions;

    /** @param host the worker that hosts the shard */
    ReadyWorkers(int workers, int host, EndpointSubscription gradients, InProcessShard inProcess) {
        this.gradients = gradients;
        this.inProcess = inProcess;
        ready = new boolean[workers];
        ready[host] = true;
        sessions = new int[workers];
    }

    boolean isMember(int worker) {
        return worker >= 0 && worker < ready.length;
    }

    /** {@code worker} says that it is ready, in the session in which its gradients will come. */
    void add(int worker, int session) {
        ready[worker] = true;
        sessions[worker] = session;
    }

    /** Workers that have not yet said that they receive the shard's parameters. */
    Set<Integer> missing() {
        Set<Integer> missing = new TreeSet<>();
        IntStream.range(0, ready.length)
                .filter(w -> !ready[w] && !inProcess.isPresent(w))
                .forEach(missing::add);
        return missing;
    }

    /** Whether {@code worker}'s gradients can still arrive. */
    boolean hears(int worker) {
        boolean gone = sessions[worker] != NO_SESSION && !gradients.hasImage(sessions[worker]);
        return !gone && !inProcess.hasLeft(worker);
    }
}
