package io.covey.spark.bench;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.BundleSink;
import io.covey.trainer.training.LocalTrainingBackend;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Checkpoints of a model and its optimizer's slots, saved and restored as in-process training does. */
final class CheckpointWorkload implements Workload {
    private static final int TIMEOUT_SECONDS = 300;

    private final Operation operation;
    private final Path folder;
    private final FileStore files;
    private final LocalTrainingBackend backend;
    private final TrainingState state;
    private CheckpointDirectory directory;
    private String saved;
    private int saves;

    /** What one step does. */
    enum Operation {
        /** Writes a checkpoint and leaves it to the system when it reaches the disk. */
        SAVE("save"),
        /** The same, and forces it to the disk, as training always does. */
        SAVE_FSYNC("save+fsync"),
        /** Reads the newest checkpoint from the page cache. */
        RESTORE("restore"),
        /** Reads it from the disk. */
        RESTORE_COLD("restore-cold");

        private final String label;

        Operation(String label) {
            this.label = label;
        }

        /** @throws CoveyException a caller's error when there is no such operation */
        static Operation named(String label) {
            return Arrays.stream(values())
                    .filter(each -> each.label.equals(label))
                    .findFirst()
                    .orElseThrow(() -> CoveyException.caller("case " + label + " is not known, known are "
                            + String.join(
                                    ", ",
                                    Arrays.stream(values())
                                            .map(each -> each.label)
                                            .toList())));
        }

        private boolean saves() {
            return this == SAVE || this == SAVE_FSYNC;
        }
    }

    /**
     * A case.
     *
     * @param scratch an existing folder on the disk to measure
     * @throws CoveyException a caller's error when nothing can be written there
     */
    CheckpointWorkload(BenchModel model, Operation operation, Path scratch) {
        this.operation = operation;
        try {
            folder = Files.createTempDirectory(scratch, "covey-bench-checkpoint");
        } catch (IOException e) {
            throw CoveyException.caller(
                    "checkpoints cannot be written to " + scratch + ", set --scratch to a folder that exists: " + e, e);
        }
        files = operation == Operation.SAVE ? new UnsyncedFileStore() : new LocalFileStore();
        TrainingSpec spec = model.spec(1, 1);
        backend = new LocalTrainingBackend(spec, List.of(BenchModel.data(spec, 0)), 1, new BundleSink(files, spec));
        MetricState metrics = MetricState.zero(spec.metrics().stateLength());
        state = new TrainingState(
                0, 0, metrics, spec.seed(), "bench", backend.weightsSha256(), Map.of(), Map.of(), Map.of());
    }

    /** Bytes of the numbers in one checkpoint. */
    static long bytes(BenchModel model) {
        TrainingSpec spec = model.spec(1, 1);
        long vectors = 1L + spec.optimizer().slots().size();
        return Float.BYTES * vectors * spec.model().layout().parameterCount();
    }

    @Override
    public Measurement run(long steps) {
        long elapsedNs = 0;
        try {
            for (long step = 0; step < steps; step++) {
                prepare();
                long startNs = System.nanoTime();
                if (operation.saves()) {
                    save();
                } else {
                    backend.restore(directory, saved);
                }
                elapsedNs += System.nanoTime() - startNs;
            }
        } catch (IOException e) {
            throw CoveyException.failure("checkpoints in " + folder + " cannot be measured: " + e, e);
        }
        return new Measurement(steps, elapsedNs, Double.NaN);
    }

    /** What is not measured: an empty folder, or a checkpoint to read. */
    private void prepare() throws IOException {
        if (operation.saves() || saved == null) {
            files.delete(folder + "/" + saves++);
            directory = new CheckpointDirectory(files, folder + "/" + saves, 1);
        }
        if (!operation.saves() && saved == null) {
            save();
        }
        if (operation == Operation.RESTORE_COLD) {
            dropFromPageCache();
        }
    }

    private void save() {
        String prefix = directory.nextPrefix();
        try {
            backend.checkpoint(prefix, state).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw CoveyException.failure("checkpoint " + prefix + " cannot be written", e.getCause());
        } catch (TimeoutException e) {
            throw CoveyException.failure("checkpoint " + prefix + " was not written in " + TIMEOUT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CoveyException.failure("interrupted while checkpoint " + prefix + " was written", e);
        }
        directory.committed(prefix);
        saved = prefix;
    }

    /** Java cannot ask the system for it; GNU dd can. */
    private void dropFromPageCache() throws IOException {
        try (var paths = Files.walk(folder)) {
            for (Path file : paths.filter(Files::isRegularFile).toList()) {
                Process dd = new ProcessBuilder(
                                "dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none")
                        .redirectErrorStream(true)
                        .start();
                dd.getOutputStream().close();
                String said = new String(dd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!dd.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || dd.exitValue() != 0) {
                    dd.destroyForcibly();
                    throw CoveyException.failure("dd cannot drop " + file + " from the page cache: " + said);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CoveyException.failure("interrupted while files were dropped from the page cache", e);
        }
    }

    @Override
    public double bytesAllocatedPerStep() {
        return -1;
    }

    @Override
    public String weightsSha256() {
        return backend.weightsSha256();
    }

    @Override
    public void close() {
        backend.close();
        try {
            files.delete(folder.toString());
        } catch (IOException e) {
            throw CoveyException.failure("checkpoints in " + folder + " cannot be deleted: " + e, e);
        }
    }
}
