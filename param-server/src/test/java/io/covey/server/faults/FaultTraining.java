package io.covey.server.faults;

import io.covey.server.coordinator.CoordinatorConfig;
import io.covey.server.coordinator.Elasticity;
import io.covey.server.exchange.ExchangeMode;
import io.covey.trainer.training.TrainingSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * How the job of the fault tests is trained.
 *
 * @param name for people
 * @param spec the job
 * @param mode how workers keep in step
 * @param dedicated dedicated servers, numbered from {@link FaultWorker#FIRST_SERVER} on; without any the workers host the shards
 * @param replicas of each server shard
 */
record FaultTraining(String name, TrainingSpec spec, ExchangeMode mode, int dedicated, int replicas) {
    static final FaultTraining SYNC = new FaultTraining("sync", FaultJob.spec(), new ExchangeMode.Sync(), 0, 1);

    /** A run of it. */
    CoordinatorConfig config(int workers, int minWorkers) {
        return new CoordinatorConfig(
                "faults-" + UUID.randomUUID(),
                workers,
                FaultJob.SERVERS,
                dedicated,
                spec,
                FaultJob.TIMEOUTS,
                new Elasticity(minWorkers, FaultJob.VIRTUAL_SHARDS, replicas));
    }

    /** Numbers of all members of a run with so many workers. */
    List<Integer> members(int workers) {
        List<Integer> members = new ArrayList<>();
        IntStream.range(0, workers).forEach(members::add);
        IntStream.range(0, dedicated).forEach(server -> members.add(FaultWorker.FIRST_SERVER + server));
        return members;
    }

    /** Whether it gives the same bits whatever happens. */
    boolean isDeterministic() {
        return mode instanceof ExchangeMode.Sync;
    }

    @Override
    public String toString() {
        return name;
    }
}
