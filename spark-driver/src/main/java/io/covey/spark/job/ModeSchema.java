package io.covey.spark.job;

import io.covey.server.exchange.ExchangeMode;
import io.covey.spark.job.JobConfig.Cluster;
import io.covey.spark.job.JobConfig.Mode;
import java.util.List;

/** The keys of section {@code cluster} that say how workers keep in step: a mode, and what belongs to one mode only. */
final class ModeSchema {
    static final Key<Cluster, Mode> MODE = Key.optional(
            "mode",
            ScalarTypes.constant(Mode.class),
            cluster -> name(cluster.mode()),
            Mode.SYNC,
            "sync: each step waits for all workers, same bits whatever the cluster does; local_sgd: each worker trains alone,"
                    + " weights are averaged every `sync_every` steps, same bits for the same `workers`");
    static final Key<Cluster, Integer> SYNC_EVERY = Key.derived(
            "sync_every",
            ScalarTypes.integer(1),
            cluster -> cluster.mode() instanceof ExchangeMode.LocalSgd m ? m.syncEvery() : null,
            "required with local_sgd",
            "steps from one average of the weights to the next; the end of an epoch and a checkpoint come with one too");

    static final List<Key<Cluster, ?>> KEYS = List.of(MODE, SYNC_EVERY);

    private ModeSchema() {}

    private static Mode name(ExchangeMode mode) {
        return mode instanceof ExchangeMode.LocalSgd ? Mode.LOCAL_SGD : Mode.SYNC;
    }

    /** The mode; null after a problem was added. */
    static ExchangeMode mode(Values v) {
        Mode mode = v.get(MODE);
        boolean right = belongs(v, SYNC_EVERY, mode, Mode.LOCAL_SGD);
        if (!right) {
            return null;
        }
        return switch (mode) {
            case SYNC -> new ExchangeMode.Sync();
            case LOCAL_SGD -> new ExchangeMode.LocalSgd(v.get(SYNC_EVERY));
        };
    }

    /** Whether a key is there in its mode, and in no other; adds a problem if not. */
    private static boolean belongs(Values v, Key<Cluster, Integer> key, Mode mode, Mode owner) {
        boolean isGiven = v.get(key) != null;
        if (isGiven && mode != owner) {
            v.problem(key, "is " + v.get(key) + ", but mode is " + text(mode) + ": it belongs to mode " + text(owner));
        } else if (!isGiven && mode == owner) {
            v.problem(key, "is missing, mode " + text(mode) + " requires it");
        }
        return isGiven == (mode == owner);
    }

    private static Object text(Mode mode) {
        return MODE.type().write(mode, Type.Form.YAML);
    }
}
