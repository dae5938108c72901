package io.covey.server.faults;

import io.covey.server.control.CoordinatorAddress;
import io.covey.server.coordinator.Coordinator;
import io.covey.server.coordinator.CoordinatorConfig;
import io.covey.server.coordinator.Elasticity;
import io.covey.server.membership.Topology;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.callbacks.Callback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Dedicated servers in processes of their own that are killed, with and without a replica: the bits stay the same. */
@Tag("faults")
@Timeout(1200)
class DedicatedFaultIT {
    private static final int FIRST = FaultWorker.FIRST_SERVER;

    @TempDir
    Path folder;

    private String undisturbed() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("undisturbed"));
        try (Scenario alone = new Scenario(directory, List.of(), List.of())) {
            return alone.run(1, 0, 0);
        }
    }

    @Test
    void shouldGoOnFromTheReplicaOnAnotherServer() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("replica"));
        try (Scenario scenario = new Scenario(directory, List.of(FIRST), List.of())) {
            assertEquals(undisturbed(), scenario.run(2, 2, 1));
            assertEquals(List.of(FIRST + 1), scenario.hosts());
        }
    }

    @Test
    void shouldHaveAWorkerStandInUntilAnotherServerComes() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("standin"));
        try (Scenario scenario = new Scenario(directory, List.of(FIRST), List.of(FIRST + 2))) {
            assertEquals(undisturbed(), scenario.run(2, 1, 1));
            assertTrue(scenario.standIns > 0, "no worker hosted the shards meanwhile");
            assertEquals(List.of(FIRST + 2), scenario.hosts());
        }
    }

    @Test
    void shouldGoBackToTheCheckpointWithoutReplicas() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("rollback"));
        try (Scenario scenario = new Scenario(directory, List.of(FIRST, FIRST + 1), List.of(FIRST + 2))) {
            assertEquals(undisturbed(), scenario.run(2, 2, 0));
            assertEquals(List.of(FIRST + 2), scenario.hosts());
        }
    }

    /** Kills some servers in the second epoch, and starts others in the third one or when the run cannot go on without. */
    private static final class Scenario implements FaultDriver.WorkerStarter, Callback, AutoCloseable {
        private static final int STRIKE_BATCH = 7;

        private final Path directory;
        private final List<Integer> killed;
        private final List<Integer> late;
        private final Map<Integer, Process> processes = new TreeMap<>();
        private final List<Integer> first = new ArrayList<>();
        private boolean hasReplicas;
        private Coordinator coordinator;
        private CoordinatorAddress address;
        private JobSecurity security;
        private String restorePrefix;
        private Topology last;
        private int epoch;
        private int standIns;

        Scenario(Path directory, List<Integer> killed, List<Integer> late) {
            this.directory = directory;
            this.killed = killed;
            this.late = late;
        }

        String run(int workers, int dedicated, int replicas) throws Exception {
            hasReplicas = replicas > 0;
            for (int worker = 0; worker < workers; worker++) {
                first.add(worker);
            }
            for (int server = 0; server < dedicated; server++) {
                first.add(FIRST + server);
            }
            CoordinatorConfig config = new CoordinatorConfig(
                    "faults-" + UUID.randomUUID(),
                    workers,
                    FaultJob.SERVERS,
                    dedicated,
                    FaultJob.spec(),
                    FaultJob.TIMEOUTS,
                    new Elasticity(1, workers, replicas));
            return FaultDriver.run(directory, config, false, this, this).toString();
        }

        /** Numbers of the members that hosted shards at the end. */
        List<Integer> hosts() {
            return last.shardHosts().stream()
                    .map(rank -> last.members().get(rank).worker())
                    .distinct()
                    .sorted()
                    .toList();
        }

        @Override
        public void start(Coordinator newCoordinator, JobSecurity newSecurity, String prefix) throws IOException {
            coordinator = newCoordinator;
            address = coordinator.address();
            security = newSecurity;
            restorePrefix = prefix;
            start(first);
        }

        private void start(List<Integer> members) throws IOException {
            for (int member : members) {
                processes.put(member, FaultWorker.start(directory, member, address, security, restorePrefix, null));
            }
        }

        @Override
        public void onEpochBegin(int begun) {
            epoch = begun;
        }

        @Override
        public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
            last = coordinator.topology();
            standIns += last.members().get(last.shardHosts().get(0)).dedicated() ? 0 : 1;
            try {
                if (epoch == 1 && batch == STRIKE_BATCH) {
                    for (int server : killed) {
                        processes.get(server).destroyForcibly().waitFor();
                    }
                    if (!hasReplicas) {
                        start(late);
                    }
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void onEpochEnd(int ended, Map<String, Double> logs) {
            if (ended == 2 && hasReplicas && !late.isEmpty()) {
                try {
                    start(late);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                FaultRun.await(this::isLateAtWork, "the shards have moved to the server that came late");
            }
        }

        /** Asks something of the members, to meet those that there are. */
        private boolean isLateAtWork() {
            coordinator.weightsSha256();
            last = coordinator.topology();
            return hosts().equals(late);
        }

        @Override
        public void close() {
            processes.values().forEach(Process::destroyForcibly);
            processes.values().forEach(process -> process.onExit().join());
        }
    }
}
