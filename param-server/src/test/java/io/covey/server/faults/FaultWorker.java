package io.covey.server.faults;

import io.covey.server.control.CoordinatorAddress;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.security.JobSecurity;
import io.covey.server.transport.TransportConfig;
import io.covey.server.worker.DismissedException;
import io.covey.server.worker.WorkerConfig;
import io.covey.server.worker.WorkerRuntime;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.training.TrainingSpec;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.agrona.concurrent.SystemNanoClock;

/** A worker of the fault matrix in a process of its own. */
final class FaultWorker {
    /** Exit code of a worker that was told, or found out, that it counts as lost. */
    static final int DISMISSED = 3;
    /** Members of this number and above are dedicated servers. */
    static final int FIRST_SERVER = 1000;

    private FaultWorker() {}

    /** @param faultPoint see {@link io.covey.server.membership.FaultPoint}; null for none */
    static Process start(
            Path directory,
            int worker,
            CoordinatorAddress address,
            JobSecurity security,
            String restorePrefix,
            String faultPoint)
            throws IOException {
        return start(directory, worker, FaultTraining.SYNC, address, security, restorePrefix, faultPoint);
    }

    /** A worker or dedicated server of any training. */
    static Process start(
            Path directory,
            int worker,
            FaultTraining training,
            CoordinatorAddress address,
            JobSecurity security,
            String restorePrefix,
            String faultPoint)
            throws IOException {
        Path arguments = directory.resolve("worker-" + worker + "-" + address.jobId());
        try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(arguments))) {
            out.writeInt(worker);
            out.writeObject(training.spec());
            out.writeObject(training.mode());
            out.writeObject(address);
            out.writeObject(security);
            out.writeObject(restorePrefix);
        }
        List<String> options = faultPoint == null ? List.of() : List.of("-Dcovey.fault_point=" + faultPoint);
        return java(directory, options, FaultWorker.class, arguments.toString());
    }

    /** Starts a JVM; its output goes to a file in {@code directory}. */
    static Process java(Path directory, List<String> options, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Collections.addAll(command, arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("output.txt").toFile()))
                .start();
    }

    /** @param arguments the file that {@link #start} has written */
    public static void main(String[] arguments) throws Exception {
        try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(Path.of(arguments[0])))) {
            int worker = in.readInt();
            TrainingSpec spec = (TrainingSpec) in.readObject();
            ExchangeMode mode = (ExchangeMode) in.readObject();
            CoordinatorAddress address = (CoordinatorAddress) in.readObject();
            JobSecurity security = (JobSecurity) in.readObject();
            String restorePrefix = (String) in.readObject();
            WorkerConfig config = new WorkerConfig(
                    worker,
                    worker >= FIRST_SERVER,
                    address,
                    TransportConfig.of(address.jobId(), "127.0.0.1", security),
                    spec,
                    mode,
                    1,
                    FaultJob.TIMEOUTS,
                    restorePrefix);
            new WorkerRuntime(config, FaultJob::load, new LocalFileStore(), () -> false, SystemNanoClock.INSTANCE)
                    .run();
        } catch (DismissedException e) {
            System.err.println(e.getMessage());
            System.exit(DISMISSED);
        }
    }
}
