package io.covey.server.faults;

import io.covey.server.exchange.ExchangeMode;
import io.covey.server.faults.FaultCell.Fault;
import io.covey.server.faults.FaultCell.Target;
import io.covey.server.membership.FaultPoint;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.wire.WireFormat;
import io.covey.trainer.wire.WireFormats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
 * Members that are lost in the modes and with the formats that {@link FaultMatrixIT} leaves out. Where the mode is deterministic the
 * job ends with the bits of the undisturbed run; in the others with all epochs done, finite losses, and the same weights everywhere.
 */
@Tag("faults")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class ModeFaultIT {
    /** Cells side by side: most of a cell's time is waiting. */
    private static final int CONCURRENT_CELLS = 3;

    private static final int PAUSE_S = 7;
    private static final int DEDICATED = 2;

    private static final FaultTraining LOCAL_SGD =
            new FaultTraining("local_sgd", FaultJob.spec(), new ExchangeMode.LocalSgd(3), 0, 0);
    private static final FaultTraining BACKUP = relaxed("backup_workers", new ExchangeMode.BackupWorkers(1));
    private static final FaultTraining SSP = relaxed("ssp", new ExchangeMode.Ssp(2));
    private static final FaultTraining ASYNC = relaxed("async", new ExchangeMode.Async());
    private static final FaultTraining THRESHOLD = withGradients("threshold", new WireFormat.Threshold(1));
    private static final FaultTraining TOP_K = withGradients("top_k", new WireFormat.TopK(0.05));
    private static final FaultTraining NORMS = new FaultTraining(
            "global_clipnorm",
            FaultJob.spec(Optimizers.of("sgd", Map.of("learning_rate", 0.1, "global_clipnorm", 0.5))),
            new ExchangeMode.Sync(),
            0,
            1);

    @TempDir
    Path folder;

    private record Scenario(FaultTraining training, FaultCell cell) {
        @Override
        public String toString() {
            return training + " " + cell;
        }
    }

    private static FaultTraining relaxed(String name, ExchangeMode mode) {
        return new FaultTraining(name, FaultJob.spec(), mode, DEDICATED, 0);
    }

    private static FaultTraining withGradients(String name, WireFormat format) {
        return new FaultTraining(
                name,
                FaultJob.spec().withWire(new WireFormats(format, WireFormat.float32())),
                new ExchangeMode.Sync(),
                0,
                0);
    }

    private static Scenario kill(FaultTraining training, Target target, FaultPoint point) {
        return new Scenario(training, new FaultCell(Fault.KILL, target, point, 0));
    }

    private static Scenario stop(FaultTraining training, Target target, FaultPoint point) {
        return new Scenario(training, new FaultCell(Fault.STOP, target, point, PAUSE_S));
    }

    /** The long ones first, so that the short ones fill the gaps. */
    private static List<Scenario> scenarios() {
        return List.of(
                stop(NORMS, Target.SERVER, FaultPoint.NORMS),
                stop(TOP_K, Target.WORKER, FaultPoint.PUSH),
                stop(BACKUP, Target.WORKER, FaultPoint.PUSH),
                stop(ASYNC, Target.DEDICATED, FaultPoint.PUSH),
                kill(NORMS, Target.SERVER, FaultPoint.NORMS),
                kill(THRESHOLD, Target.SERVER, FaultPoint.PUSH),
                kill(TOP_K, Target.WORKER, FaultPoint.PULL),
                kill(LOCAL_SGD, Target.WORKER, FaultPoint.PUSH),
                kill(LOCAL_SGD, Target.SERVER, FaultPoint.PULL),
                kill(BACKUP, Target.DEDICATED, FaultPoint.PUSH),
                kill(SSP, Target.WORKER, FaultPoint.PUSH),
                kill(ASYNC, Target.WORKER, FaultPoint.PULL));
    }

    @Test
    void shouldGoOnWhenAMemberIsLost() throws Exception {
        List<String> problems = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(CONCURRENT_CELLS);
        try {
            Map<FaultTraining, Future<String>> undisturbed = new LinkedHashMap<>();
            for (FaultTraining training : List.of(NORMS, TOP_K, THRESHOLD)) {
                undisturbed.put(training, threads.submit(() -> undisturbed(training)));
            }
            Map<Scenario, Future<FaultDriver.Result>> running = new LinkedHashMap<>();
            scenarios().forEach(scenario -> running.put(scenario, threads.submit(() -> run(scenario))));
            for (Map.Entry<Scenario, Future<FaultDriver.Result>> each : running.entrySet()) {
                Scenario scenario = each.getKey();
                FaultDriver.Result result = each.getValue().get();
                boolean right = scenario.training().isDeterministic()
                        ? result.toString()
                                .equals(undisturbed.get(scenario.training()).get())
                        : result.loss().size() == FaultJob.EPOCHS
                                && result.loss().stream().allMatch(Double::isFinite);
                if (!right) {
                    problems.add(scenario + " ended with " + result);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(List.of(), problems);
    }

    private Path directory(String name) throws IOException {
        return Files.createDirectory(folder.resolve(name.replace(' ', '-')));
    }

    private FaultDriver.Result run(Scenario scenario) throws Exception {
        Path directory = directory(scenario.toString());
        try (FaultRun run = new FaultRun(scenario.cell(), scenario.training(), directory)) {
            FaultDriver.Result result = run.runWorkerCell();
            System.out.println(scenario + ": went on after " + run.recoveryMs() + " ms");
            return result;
        } catch (Exception | AssertionError e) {
            throw new AssertionError(scenario + ": " + Files.readString(directory.resolve("output.txt")), e);
        }
    }

    private String undisturbed(FaultTraining training) throws Exception {
        Path directory = directory("undisturbed " + training);
        List<Process> processes = new ArrayList<>();
        try {
            return FaultDriver.run(
                            directory,
                            training.config(1, 1),
                            false,
                            (coordinator, security, prefix) -> processes.add(FaultWorker.start(
                                    directory, 0, training, coordinator.address(), security, prefix, null)),
                            new Callback() {})
                    .toString();
        } finally {
            for (Process process : processes) {
                process.destroyForcibly().waitFor();
            }
        }
    }
}
