package io.covey.server.faults;

import io.covey.server.MachineLoad;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.coordinator.Coordinator;
import io.covey.server.faults.FaultCell.Fault;
import io.covey.server.faults.FaultCell.Target;
import io.covey.server.membership.FaultPoint;
import io.covey.server.membership.Topology;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.callbacks.Callback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Whatever process is killed or stopped at whatever point: the job ends, with the bits of the undisturbed run. The system
 * property {@code covey.faults} is a pattern of the cells to run.
 */
@Tag("faults")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class FaultMatrixIT {
    /** Cells side by side: most of a cell's time is waiting. */
    private static final int CONCURRENT_CELLS = 3;

    private static final int SHORT_PAUSE_S = 7;
    private static final int LONG_PAUSE_S = 30;
    /** Of the load before the cells begin, each of which runs several processes. */
    private static final long RECOVERY_LIMIT_MS = MachineLoad.scaled(3000);

    private static final Path REPORT = Path.of("target", "fault-matrix.csv");

    @TempDir
    Path folder;

    private record Outcome(FaultCell cell, long recoveryMs, long totalMs, String problem) {
        String csv() {
            return String.join(
                    ",",
                    cell.fault().name(),
                    cell.target().name(),
                    cell.point().name(),
                    "" + cell.pauseS(),
                    "" + recoveryMs,
                    "" + totalMs,
                    problem.isEmpty() ? "same bits" : "\"" + problem.replace('"', '\'') + "\"");
        }

        String row() {
            return String.format(
                    Locale.ROOT,
                    "%-40s %7d ms %8d ms  %s",
                    cell,
                    recoveryMs,
                    totalMs,
                    problem.isEmpty() ? "ok" : problem);
        }
    }

    @Test
    void shouldEndWithTheSameBitsInEveryCell() throws Exception {
        String undisturbed = undisturbed();
        List<Outcome> outcomes = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(CONCURRENT_CELLS);
        try {
            List<Future<Outcome>> running = new ArrayList<>();
            for (FaultCell cell : cells()) {
                running.add(threads.submit(() -> run(cell, undisturbed)));
            }
            for (Future<Outcome> outcome : running) {
                outcomes.add(outcome.get());
            }
        } finally {
            threads.shutdownNow();
        }
        report(outcomes);
        assertEquals(
                List.of(),
                outcomes.stream()
                        .filter(outcome -> !outcome.problem.isEmpty())
                        .map(Outcome::row)
                        .toList());
    }

    private static List<FaultCell> cells() {
        List<FaultCell> cells = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            for (Target target : EnumSet.range(Target.WORKER, Target.DRIVER)) {
                for (FaultPoint point : EnumSet.range(FaultPoint.START, FaultPoint.PASS_END)) {
                    boolean isLong = point == FaultPoint.PUSH;
                    cells.add(new FaultCell(
                            fault, target, point, fault == Fault.KILL ? 0 : isLong ? LONG_PAUSE_S : SHORT_PAUSE_S));
                }
            }
        }
        String pattern = System.getProperty("covey.faults", ".*");
        // The long ones first, so that the short ones fill the gaps.
        return cells.stream()
                .filter(cell -> cell.toString().matches(pattern))
                .sorted((a, b) -> Integer.compare(b.pauseS(), a.pauseS()))
                .toList();
    }

    private Outcome run(FaultCell cell, String undisturbed) throws IOException, InterruptedException {
        Path directory = Files.createDirectory(folder.resolve(cell.toString().replace(' ', '-')));
        long startNs = System.nanoTime();
        String problem = "";
        FaultRun run = new FaultRun(cell, FaultTraining.SYNC, directory);
        try (run) {
            String result = run.run();
            if (!result.equals(undisturbed)) {
                problem = "ended with " + result + ", undisturbed " + undisturbed;
            } else if (cell.fault() == Fault.KILL
                    && cell.target() != Target.DRIVER
                    && run.recoveryMs() > RECOVERY_LIMIT_MS) {
                problem = "recovery took longer than " + RECOVERY_LIMIT_MS + " ms";
            }
        } catch (Exception | AssertionError e) {
            problem = e + " " + tail(directory.resolve("output.txt"));
        }
        long totalMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
        return new Outcome(cell, run.recoveryMs(), totalMs, problem);
    }

    private static String tail(Path output) throws IOException {
        String text = Files.exists(output) ? Files.readString(output) : "";
        return text.substring(Math.max(0, text.length() - 3000));
    }

    private static void report(List<Outcome> outcomes) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("fault,target,point,pause_s,recovery_ms,total_ms,result");
        outcomes.forEach(outcome -> lines.add(outcome.csv()));
        Files.createDirectories(REPORT.getParent());
        Files.write(REPORT, lines);
        outcomes.forEach(outcome -> System.out.println(outcome.row()));
    }

    private String undisturbed() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("undisturbed"));
        return trainOn(directory, 1, 1, List.of(0), new Callback() {});
    }

    /** Trains with worker processes of these numbers from the start. */
    private static String trainOn(Path directory, int workers, int minWorkers, List<Integer> numbers, Callback callback)
            throws Exception {
        List<Process> processes = new ArrayList<>();
        try {
            return FaultDriver.run(
                            directory,
                            workers,
                            minWorkers,
                            false,
                            (coordinator, security, prefix) -> {
                                for (int number : numbers) {
                                    processes.add(FaultWorker.start(
                                            directory, number, coordinator.address(), security, prefix, null));
                                }
                            },
                            callback)
                    .toString();
        } finally {
            for (Process process : processes) {
                process.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void shouldGiveAWorkerThatJoinsItsShareWithTheSameBits() throws Exception {
        String undisturbed = undisturbed();
        Path directory = Files.createDirectory(folder.resolve("join"));
        List<Process> processes = new ArrayList<>();
        try {
            Joiner joiner = new Joiner(directory, processes, 0);
            String result =
                    FaultDriver.run(directory, 2, 1, true, joiner, joiner).toString();
            assertEquals(undisturbed, result);
            assertEquals(3, joiner.members, "members at the end");
        } finally {
            for (Process process : processes) {
                process.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void shouldWaitForAWorkerInPlaceOfALostOneWhenTooFewAreLeft() throws Exception {
        String undisturbed = undisturbed();
        Path directory = Files.createDirectory(folder.resolve("replace"));
        List<Process> processes = new ArrayList<>();
        try {
            Joiner joiner = new Joiner(directory, processes, 1);
            String result =
                    FaultDriver.run(directory, 2, 2, true, joiner, joiner).toString();
            assertEquals(undisturbed, result);
            assertEquals(2, joiner.members, "members at the end");
        } finally {
            for (Process process : processes) {
                process.destroyForcibly().waitFor();
            }
        }
    }

    /** Starts two workers, and in the second epoch a third one, for which the second may have to go. */
    private static final class Joiner implements FaultDriver.WorkerStarter, Callback {
        private final Path directory;
        private final List<Process> processes;
        private final int killed;
        private Coordinator coordinator;
        private CoordinatorAddress address;
        private JobSecurity security;
        private int members;

        Joiner(Path directory, List<Process> processes, int killed) {
            this.directory = directory;
            this.processes = processes;
            this.killed = killed;
        }

        @Override
        public void start(Coordinator newCoordinator, JobSecurity newSecurity, String prefix) throws IOException {
            coordinator = newCoordinator;
            address = coordinator.address();
            security = newSecurity;
            for (int worker = 0; worker < 2; worker++) {
                processes.add(FaultWorker.start(directory, worker, address, security, prefix, null));
            }
        }

        @Override
        public void onEpochEnd(int epoch, Map<String, Double> logs) {
            if (epoch == 0) {
                try {
                    if (killed > 0) {
                        processes.get(killed).destroyForcibly().waitFor();
                    }
                    processes.add(FaultWorker.start(directory, 2, address, security, null, null));
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            } else if (epoch == 1) {
                FaultRun.await(this::isThirdThere, "the third worker takes part");
            }
        }

        /** Asks something of the workers, to meet those that there are. */
        private boolean isThirdThere() {
            return !coordinator.weightsSha256().isEmpty()
                    && coordinator.topology().rankOf(2) != Topology.NONE;
        }

        @Override
        public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
            members = coordinator.topology().members().size();
        }
    }
}
