package io.covey.server.worker;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.coordinator.Coordinator;
import io.covey.server.coordinator.CoordinatorConfig;
import io.covey.server.security.JobSecurity;
import io.covey.server.transport.TransportConfig;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.LocalFileStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.SystemNanoClock;

/**
 * The coordinator or a worker as the process of a host; its {@link Task} comes on standard input. On standard output it says
 * {@code ADDRESS} (of the coordinator, serialized), {@code EPOCH}, {@code SHA256} or {@code FAILED} (category and message).
 */
final class HostProcess {
    private static final int COORDINATOR = CoordinatorAddress.COORDINATOR;

    /**
     * What to do.
     *
     * @param worker number of the worker, or of the coordinator
     * @param host address of this process' host
     * @param directory of the media driver
     * @param coordinator null for the coordinator
     */
    record Task(
            int worker,
            String host,
            String directory,
            JobSecurity security,
            CoordinatorAddress coordinator,
            int workers,
            int epochs)
            implements Serializable {
        static Task coordinator(String host, String directory, JobSecurity security, int workers, int epochs) {
            return new Task(COORDINATOR, host, directory, security, null, workers, epochs);
        }
    }

    private static final ClusterTimeouts TIMEOUTS = new ClusterTimeouts(
            TimeUnit.SECONDS.toNanos(60),
            ClusterTimeouts.CONNECT_DEFAULT_NS,
            ClusterTimeouts.STEP_DEFAULT_NS,
            ClusterTimeouts.HEARTBEAT_DEFAULT_NS,
            ClusterTimeouts.CHECKPOINT_DEFAULT_NS,
            ClusterTimeouts.SHUTDOWN_DEFAULT_NS);

    private HostProcess() {}

    public static void main(String[] arguments) throws IOException, ClassNotFoundException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (ObjectInputStream in = new ObjectInputStream(System.in)) {
            Task task = (Task) in.readObject();
            TransportConfig transport =
                    new TransportConfig("network", task.host, Namespaces.PORT, Path.of(task.directory), task.security);
            if (task.worker == COORDINATOR) {
                coordinate(task, transport, out);
            } else {
                WorkerConfig config =
                        new WorkerConfig(task.worker, task.coordinator, transport, TestJob.spec(), 1, TIMEOUTS, null);
                new WorkerRuntime(config, TestJob::load, new LocalFileStore(), () -> false, SystemNanoClock.INSTANCE)
                        .run();
            }
        } catch (CoveyException e) {
            out.println("FAILED " + e.category() + " " + e.getMessage());
        }
    }

    private static void coordinate(Task task, TransportConfig transport, PrintStream out) throws IOException {
        try (TransportNode node = TransportNode.acquire(transport);
                Coordinator coordinator = new Coordinator(
                        new CoordinatorConfig("network", task.workers, task.workers, TestJob.spec(), TIMEOUTS),
                        node,
                        new LocalFileStore(),
                        SystemNanoClock.INSTANCE)) {
            out.println("ADDRESS " + Base64.getEncoder().encodeToString(bytes(coordinator.address())));
            coordinator.awaitWorkers();
            for (int epoch = 0; epoch < task.epochs; epoch++) {
                coordinator.train(TestJob.epoch(epoch), (step, sums) -> {});
                out.println("EPOCH " + epoch);
            }
            out.println("SHA256 " + coordinator.weightsSha256());
        }
    }

    static byte[] bytes(Serializable object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }
}
