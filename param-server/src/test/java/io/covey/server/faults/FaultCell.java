package io.covey.server.faults;

import io.covey.server.membership.FaultPoint;
import java.util.List;

/**
 * One cell of the fault matrix.
 *
 * @param fault what strikes
 * @param target whom it strikes
 * @param point when
 * @param pauseS how long a stopped process is stopped
 */
record FaultCell(Fault fault, Target target, FaultPoint point, int pauseS) {
    enum Fault {
        KILL,
        STOP
    }

    /** By the placement of two server shards on three workers: shard 0 on worker 0, shard 1 on 1, replicas on 2 and 0. */
    enum Target {
        WORKER,
        TWO_WORKERS,
        SERVER,
        /** A shard and its replica. */
        SERVER_AND_REPLICA,
        DRIVER,
        /** A dedicated server, where there are any. */
        DEDICATED;

        /** Workers that it strikes. */
        List<Integer> workers() {
            return switch (this) {
                case WORKER -> List.of(2);
                case TWO_WORKERS -> List.of(1, 2);
                case SERVER -> List.of(1);
                case SERVER_AND_REPLICA -> List.of(0, 2);
                case DRIVER -> List.of();
                case DEDICATED -> List.of(FaultWorker.FIRST_SERVER);
            };
        }
    }

    private static final int PUSHED_STEP = 25;
    private static final int CHECKPOINT_STEP = 2 * FaultJob.STEPS_PER_EPOCH;

    /** The worker that tells of the point being reached: one that is struck, if it gets there. */
    int trigger() {
        if (point == FaultPoint.CHECKPOINT) {
            return target == Target.SERVER || target == Target.TWO_WORKERS ? 1 : 0;
        }
        return target == Target.DRIVER || target == Target.DEDICATED
                ? 0
                : target.workers().get(0);
    }

    /** Each fault, each target and each point is met with and without encryption. */
    boolean isEncrypted() {
        boolean midway = point == FaultPoint.PUSH || point == FaultPoint.CHECKPOINT;
        return midway == (fault == Fault.KILL);
    }

    long step() {
        return switch (point) {
            case START -> 0;
            case PUSH, PULL, NORMS -> PUSHED_STEP;
            case CHECKPOINT, PASS_END -> CHECKPOINT_STEP;
        };
    }

    @Override
    public String toString() {
        return fault + (fault == Fault.STOP ? "_" + pauseS + "s " : " ") + target + " " + point;
    }
}
