package io.covey.spark.bench;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.coordinator.Coordinator;
import io.covey.server.coordinator.CoordinatorConfig;
import io.covey.server.security.JobSecurity;
import io.covey.server.transport.LinkOptions;
import io.covey.server.transport.TransportConfig;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.TrainingSpec;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.SystemNanoClock;

/**
 * Training on worker processes of this host, one virtual shard per thread, with a server shard in each and the coordinator in
 * this process: the cluster's own path without Spark.
 */
final class ClusterWorkload implements Workload {
    static final String HOST = "127.0.0.1";

    private static final long EXIT_S = 10;

    private final TransportNode node;
    private final Coordinator coordinator;
    private final List<Process> processes = new ArrayList<>();
    private final StepCursor cursor;
    private double lossSum;
    private double samples;

    /** Of this process and the workers: nobody comes in the place of one that a loaded machine stalls for a while. */
    static TransportConfig transport(String jobId, JobSecurity security) {
        return TransportConfig.of(jobId, HOST, security)
                .withOptions(LinkOptions.defaults().withHeartbeatTimeout(TimeUnit.MINUTES.toNanos(1)));
    }

    /** Starts the processes and waits until they are ready. */
    ClusterWorkload(TrainingSpec spec, int workers, int lanes, boolean exchangeOnly) {
        String jobId = UUID.randomUUID().toString();
        ClusterTimeouts timeouts = ClusterTimeouts.defaults();
        cursor = new StepCursor(
                spec.train().stepsPerEpoch(), (float) spec.optimizer().learningRate());
        JobSecurity security = JobSecurity.random();
        node = TransportNode.acquire(transport(jobId, security));
        coordinator = new Coordinator(
                new CoordinatorConfig(jobId, workers, workers, spec, timeouts),
                node,
                new LocalFileStore(),
                SystemNanoClock.INSTANCE);
        try {
            for (int worker = 0; worker < workers; worker++) {
                start(new WorkerAssignment(
                        worker, coordinator.address(), security, spec, lanes, exchangeOnly, timeouts));
            }
            coordinator.awaitWorkers();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void start(WorkerAssignment assignment) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // Not the class data archive: it is written or read by one kind of process only.
            if (!option.contains("Archive")) {
                command.add(option);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), WorkerProcess.class.getName()));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            processes.add(process);
            Thread watcher = new Thread(() -> watch(process, assignment.worker()), "covey-bench-worker-watcher");
            watcher.setDaemon(true);
            watcher.start();
            try (ObjectOutputStream out = new ObjectOutputStream(process.getOutputStream())) {
                out.writeObject(assignment);
            }
        } catch (IOException e) {
            throw CoveyException.failure(
                    "cannot start worker process " + assignment.worker() + ": " + e.getMessage(), e);
        }
    }

    private void watch(Process process, int worker) {
        try {
            int exitCode = process.waitFor();
            if (exitCode != 0) {
                coordinator.fail(
                        CoveyException.failure("worker process " + worker + " ended with exit code " + exitCode));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Measurement run(long steps) {
        long startNs = System.nanoTime();
        for (long done = 0; done < steps; ) {
            lossSum = 0;
            samples = 0;
            EpochPlan plan = cursor.next(steps - done);
            coordinator.train(plan, (step, metrics) -> {
                lossSum += metrics.get(StateLayout.LOSS);
                samples += metrics.get(StateLayout.SAMPLES);
            });
            done += plan.endStep() - plan.firstStep();
        }
        return new Measurement(steps, System.nanoTime() - startNs, lossSum / samples);
    }

    @Override
    public double bytesAllocatedPerStep() {
        return -1;
    }

    @Override
    public String weightsSha256() {
        return coordinator.weightsSha256();
    }

    @Override
    public void close() {
        try {
            coordinator.close();
            for (Process process : processes) {
                if (!process.waitFor(EXIT_S, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
        } catch (InterruptedException e) {
            processes.forEach(Process::destroyForcibly);
            Thread.currentThread().interrupt();
        } finally {
            node.close();
        }
    }
}
