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
                    + " weights are averaged every `sync_every` steps, same bits for the same `workers`; ssp: no worker waits for"
                    + " others that are less than `staleness` steps behind; async: no worker waits");
    static final Key<Cluster, Integer> SYNC_EVERY = Key.derived(
            "sync_every",
            ScalarTypes.integer(1),
            cluster -> cluster.mode() instanceof ExchangeMode.LocalSgd m ? m.syncEvery() : null,
            "required with local_sgd",
            "steps from one average of the weights to the next; the end of an epoch and a checkpoint come with one too");

    static final Key<Cluster, Integer> BACKUP_WORKERS = Key.derived(
            "backup_workers",
            ScalarTypes.integer(0),
            cluster -> cluster.mode() instanceof ExchangeMode.BackupWorkers m ? m.workers() : null,
            "0",
            "in mode sync: workers that a step does not wait for; their late gradients are dropped, and the bits differ"
                    + " from run to run");
    static final Key<Cluster, Integer> STALENESS = Key.derived(
            "staleness",
            ScalarTypes.integer(0),
            cluster -> cluster.mode() instanceof ExchangeMode.Ssp m ? m.staleness() : null,
            "required with ssp",
            "most steps that a worker may be ahead of the slowest one");

    static final List<Key<Cluster, ?>> KEYS = List.of(MODE, SYNC_EVERY, BACKUP_WORKERS, STALENESS);

    private ModeSchema() {}

    private static Mode name(ExchangeMode mode) {
        if (mode instanceof ExchangeMode.LocalSgd) {
            return Mode.LOCAL_SGD;
        }
        if (mode instanceof ExchangeMode.Ssp) {
            return Mode.SSP;
        }
        return mode instanceof ExchangeMode.Async ? Mode.ASYNC : Mode.SYNC;
    }

    /** The mode; null after a problem was added. */
    static ExchangeMode mode(Values v) {
        Mode mode = v.get(MODE);
        boolean right = belongs(v, SYNC_EVERY, mode, Mode.LOCAL_SGD);
        right &= belongs(v, STALENESS, mode, Mode.SSP);
        int backups = v.get(BACKUP_WORKERS, 0);
        if (backups > 0 && mode != Mode.SYNC) {
            v.problem(BACKUP_WORKERS, "is " + backups + ", but mode is " + text(mode) + ": they belong to mode sync");
            right = false;
        }
        if (!right) {
            return null;
        }
        return switch (mode) {
            case SYNC -> backups > 0 ? new ExchangeMode.BackupWorkers(backups) : new ExchangeMode.Sync();
            case LOCAL_SGD -> new ExchangeMode.LocalSgd(v.get(SYNC_EVERY));
            case SSP -> new ExchangeMode.Ssp(v.get(STALENESS));
            case ASYNC -> new ExchangeMode.Async();
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
