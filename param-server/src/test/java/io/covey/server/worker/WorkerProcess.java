package io.covey.server.worker;

import io.covey.server.PatientLinks;
import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.security.JobSecurity;
import io.covey.server.transport.TransportConfig;
import io.covey.trainer.checkpoint.LocalFileStore;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.SystemNanoClock;

/** A worker in a process of its own. */
final class WorkerProcess {
    private WorkerProcess() {}

    static Process start(
            Path directory, int worker, CoordinatorAddress address, ClusterTimeouts timeouts, JobSecurity security)
            throws IOException {
        Path arguments = directory.resolve("worker-" + worker);
        try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(arguments))) {
            out.writeInt(worker);
            out.writeObject(address);
            out.writeObject(timeouts);
            out.writeObject(security);
        }
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkerProcess.class.getName(),
                        arguments.toString()))
                .inheritIO()
                .start();
    }

    /** Of workers and coordinators of tests. */
    static TransportConfig transport(String jobId, JobSecurity security) {
        return TransportConfig.of(jobId, "127.0.0.1", security).withOptions(PatientLinks.OPTIONS);
    }

    /** @param args the file that {@link #start} has written */
    public static void main(String[] args) throws Exception {
        try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(Path.of(args[0])))) {
            int worker = in.readInt();
            CoordinatorAddress address = (CoordinatorAddress) in.readObject();
            ClusterTimeouts timeouts = (ClusterTimeouts) in.readObject();
            JobSecurity security = (JobSecurity) in.readObject();
            new WorkerRuntime(
                            new WorkerConfig(
                                    worker,
                                    address,
                                    transport(address.jobId(), security),
                                    TestJob.spec(),
                                    1,
                                    timeouts,
                                    null),
                            TestJob::load,
                            new LocalFileStore(),
                            () -> false,
                            SystemNanoClock.INSTANCE)
                    .run();
        }
    }
}
