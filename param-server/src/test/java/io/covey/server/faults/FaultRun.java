package io.covey.server.faults;

import io.covey.server.control.CoordinatorAddress;
import io.covey.server.coordinator.Coordinator;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.callbacks.Callback;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Runs one cell of the fault matrix: real processes, one fault. */
final class FaultRun implements AutoCloseable {
    private static final int WORKERS = 3;
    private static final long PATIENCE_S = 300;
    private static final long EXIT_S = 120;

    private final FaultCell cell;
    private final FaultTraining training;
    private final Path directory;
    private final Path trap;
    private final Map<Integer, Process> workers = new TreeMap<>();
    private final List<Process> all = new ArrayList<>();
    private volatile long struckNs;
    private volatile long recoveredNs;

    FaultRun(FaultCell cell, FaultTraining training, Path directory) {
        this.cell = cell;
        this.training = training;
        this.directory = directory;
        this.trap = directory.resolve("reached");
    }

    /** Milliseconds from the fault until training went on. */
    long recoveryMs() {
        return TimeUnit.NANOSECONDS.toMillis(recoveredNs - struckNs);
    }

    /** Runs the cell to the job's end. */
    String run() throws Exception {
        return cell.target() == FaultCell.Target.DRIVER
                ? runDriverCell()
                : runWorkerCell().toString();
    }

    /** Runs a cell whose driver lives. */
    FaultDriver.Result runWorkerCell() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        FaultCallback callback = new FaultCallback(done);
        return FaultDriver.run(
                directory,
                training.config(WORKERS, 1),
                cell.isEncrypted(),
                (coordinator, security, prefix) -> {
                    callback.coordinator = coordinator;
                    for (int member : training.members(WORKERS)) {
                        startWorker(member, coordinator.address(), security, prefix, member == cell.trigger());
                    }
                    watchDeaths(coordinator);
                    Thread striker = new Thread(() -> strikeWorkers(done), "striker");
                    striker.setDaemon(true);
                    striker.start();
                },
                callback);
    }

    /** What Spark's executor-lost event does. */
    private void watchDeaths(Coordinator coordinator) {
        workers.forEach((worker, process) -> {
            Thread watcher = new Thread(() -> awaitDeath(coordinator, worker, process), "watcher");
            watcher.setDaemon(true);
            watcher.start();
        });
    }

    private static void awaitDeath(Coordinator coordinator, int worker, Process process) {
        try {
            coordinator.workerLost(worker, "its process ended with exit code " + process.waitFor());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void strikeWorkers(CompletableFuture<Void> done) {
        try {
            awaitTrap();
            List<Process> struck =
                    cell.target().workers().stream().map(workers::get).toList();
            strike(struck);
            if (cell.fault() == FaultCell.Fault.STOP) {
                for (Process process : struck) {
                    assertTrue(process.waitFor(EXIT_S, TimeUnit.SECONDS), "a zombie of " + cell + " does not end");
                    assertEquals(FaultWorker.DISMISSED, process.exitValue(), "exit code of a zombie of " + cell);
                    assertNothingLeft(process);
                }
            }
            done.complete(null);
        } catch (Exception | AssertionError e) {
            done.completeExceptionally(e);
        }
    }

    private void awaitTrap() {
        await(() -> Files.exists(trap), "the run comes to the point");
    }

    private void strike(List<Process> struck) throws Exception {
        struckNs = System.nanoTime();
        if (cell.fault() == FaultCell.Fault.KILL) {
            struck.forEach(Process::destroyForcibly);
            Files.delete(trap);
            return;
        }
        signal("-STOP", struck);
        if (!struck.contains(workers.get(cell.trigger()))) {
            Files.delete(trap);
        }
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(cell.pauseS()));
        Files.deleteIfExists(trap);
        signal("-CONT", struck);
    }

    private static void signal(String signal, List<Process> processes) throws IOException, InterruptedException {
        for (Process process : processes) {
            assertEquals(
                    0,
                    new ProcessBuilder("kill", signal, "" + process.pid())
                            .start()
                            .waitFor());
        }
    }

    private String runDriverCell() throws Exception {
        Process driver = startDriver(true);
        awaitTrap();
        strike(List.of(driver));
        assertTrue(driver.waitFor(PATIENCE_S, TimeUnit.SECONDS), "the driver does not end");
        for (Process worker : workers.values()) {
            assertTrue(worker.waitFor(PATIENCE_S, TimeUnit.SECONDS), "a worker outlives its driver");
            assertNothingLeft(worker);
        }
        recoveredNs = System.nanoTime();
        if (driver.exitValue() != 0) {
            workers.clear();
            Process second = startDriver(false);
            assertTrue(second.waitFor(PATIENCE_S, TimeUnit.SECONDS), "the second driver does not end");
            assertEquals(0, second.exitValue(), "exit code of the second driver");
        }
        return Files.readString(FaultDriver.resultFile(directory));
    }

    private Process startDriver(boolean withTrap) throws Exception {
        Process driver = FaultDriver.start(directory, WORKERS, cell.isEncrypted());
        all.add(driver);
        Path address = FaultDriver.addressFile(directory);
        await(() -> Files.exists(address), "the driver has an address");
        try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(address))) {
            CoordinatorAddress coordinator = (CoordinatorAddress) in.readObject();
            JobSecurity security = (JobSecurity) in.readObject();
            String prefix = (String) in.readObject();
            for (int worker = 0; worker < WORKERS; worker++) {
                startWorker(worker, coordinator, security, prefix, withTrap && worker == cell.trigger());
            }
        }
        return driver;
    }

    private void startWorker(
            int worker, CoordinatorAddress address, JobSecurity security, String prefix, boolean withTrap)
            throws IOException {
        String point = withTrap ? cell.point() + "@" + cell.step() + ":" + trap : null;
        Process process = FaultWorker.start(directory, worker, training, address, security, prefix, point);
        workers.put(worker, process);
        all.add(process);
    }

    static void assertNothingLeft(Process process) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/dev/shm"))) {
            List<String> left = entries.map(Path::toString)
                    .filter(name -> name.contains("covey-") && name.endsWith("-" + process.pid()))
                    .toList();
            assertEquals(List.of(), left, "left in /dev/shm");
        }
    }

    static void await(BooleanSupplier condition, String what) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadlineNs, "waited in vain until " + what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    @Override
    public void close() {
        all.forEach(Process::destroyForcibly);
        all.forEach(process -> process.onExit().join());
    }

    /** Notes when training goes on, and has the last epoch wait until the fault is over. */
    private final class FaultCallback implements Callback {
        private final CompletableFuture<Void> done;
        private volatile Coordinator coordinator;
        private int epoch;

        FaultCallback(CompletableFuture<Void> done) {
            this.done = done;
        }

        @Override
        public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
            if (coordinator.topology().epoch() > epoch) {
                epoch = coordinator.topology().epoch();
                recoveredNs = System.nanoTime();
            }
        }

        @Override
        public void onEpochEnd(int endedEpoch, Map<String, Double> logs) {
            if (endedEpoch == FaultJob.EPOCHS - 2) {
                done.orTimeout(PATIENCE_S, TimeUnit.SECONDS).join();
            }
        }
    }
}
