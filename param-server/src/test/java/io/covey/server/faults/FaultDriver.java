package io.covey.server.faults;

import io.covey.server.coordinator.Coordinator;
import io.covey.server.coordinator.CoordinatorConfig;
import io.covey.server.security.JobSecret;
import io.covey.server.security.JobSecurity;
import io.covey.server.transport.TransportConfig;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.training.CheckpointOptions;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.FitResult;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingState;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.SystemNanoClock;

/** Trains the fault matrix' job from its newest checkpoint, or from the start: in the test's process or one of its own. */
final class FaultDriver {
    private static final String ADDRESS = "address";
    private static final String RESULT = "result";

    /** Starts the workers of a run. */
    interface WorkerStarter {
        void start(Coordinator coordinator, JobSecurity security, String restorePrefix) throws Exception;
    }

    /**
     * How a run ended.
     *
     * @param sha256 of its weights
     * @param loss of each epoch that it has trained or read of
     */
    record Result(String sha256, List<Double> loss) {
        @Override
        public String toString() {
            return sha256 + " " + loss;
        }
    }

    private FaultDriver() {}

    /** @param encrypt whether all that the processes say to each other is encrypted */
    static Result run(
            Path directory, int workers, int minWorkers, boolean encrypt, WorkerStarter starter, Callback callback)
            throws Exception {
        return run(directory, FaultTraining.SYNC.config(workers, minWorkers), encrypt, starter, callback);
    }

    /** Trains with any membership. */
    static Result run(
            Path directory, CoordinatorConfig config, boolean encrypt, WorkerStarter starter, Callback callback)
            throws Exception {
        String jobId = config.jobId();
        JobSecurity security = new JobSecurity(JobSecret.random(), encrypt);
        CheckpointDirectory checkpoints = new CheckpointDirectory(
                new LocalFileStore(), directory.resolve("checkpoints").toString(), 2);
        String prefix = checkpoints.newestValid().orElse(null);
        TrainingState resumed = prefix == null ? null : checkpoints.readState(prefix);
        try (TransportNode node = TransportNode.acquire(TransportConfig.of(jobId, "127.0.0.1", security));
                Coordinator coordinator =
                        new Coordinator(config, node, new LocalFileStore(), SystemNanoClock.INSTANCE)) {
            starter.start(coordinator, security, prefix);
            coordinator.awaitWorkers();
            CheckpointOptions options = new CheckpointOptions(
                    checkpoints,
                    1,
                    CheckpointOptions.Unit.EPOCHS,
                    FaultJob.TIMEOUTS.checkpointNs(),
                    "configuration",
                    Map.of());
            FitResult fit = new TrainingLoop(
                            coordinator, config.spec(), FitOptions.of(FaultJob.EPOCHS, options), List.of(callback))
                    .fit(resumed);
            return new Result(
                    coordinator.weightsSha256(), fit.history().metrics().get("loss"));
        }
    }

    /** A driver in a process of its own. Its first argument is the folder of the run; there it leaves address and result. */
    static Process start(Path directory, int workers, boolean encrypt) throws Exception {
        Files.deleteIfExists(directory.resolve(ADDRESS));
        return FaultWorker.java(
                directory, List.of(), FaultDriver.class, directory.toString(), "" + workers, "" + encrypt);
    }

    static Path addressFile(Path directory) {
        return directory.resolve(ADDRESS);
    }

    static Path resultFile(Path directory) {
        return directory.resolve(RESULT);
    }

    /** @param arguments folder, number of workers, whether to encrypt */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        Result result = run(
                directory,
                Integer.parseInt(arguments[1]),
                1,
                Boolean.parseBoolean(arguments[2]),
                (coordinator, security, prefix) -> {
                    Path draft = directory.resolve("draft");
                    try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(draft))) {
                        out.writeObject(coordinator.address());
                        out.writeObject(security);
                        out.writeObject(prefix);
                    }
                    Files.move(draft, addressFile(directory), StandardCopyOption.ATOMIC_MOVE);
                },
                new Callback() {});
        Files.writeString(resultFile(directory), result.toString());
    }
}
