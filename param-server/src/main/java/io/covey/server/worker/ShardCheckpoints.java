package io.covey.server.worker;

import io.covey.server.client.Residuals;
import io.covey.server.control.Command;
import io.covey.server.control.ErrorReport;
import io.covey.server.control.WorkerMessage;
import io.covey.server.membership.FaultPoint;
import io.covey.server.shard.HostedShard;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.CheckpointParts;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.SnapshotPool;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.training.TrainingSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Fills the server shards that a worker hosts, from initial values or a checkpoint, and writes them to checkpoints in the
 * background. The worker's thread calls the methods.
 */
final class ShardCheckpoints implements AutoCloseable {
    private static final int CHUNK_FLOATS = 1 << 16;

    private final TrainingSpec spec;
    private final String restorePrefix;
    private final int servers;
    private final FileStore store;
    private final long shutdownNs;
    private final Queue<WorkerMessage> outcomes = new ConcurrentLinkedQueue<>();
    private final ExecutorService writer;
    private final SnapshotPool memory = new SnapshotPool();

    /** @param servers number of all server shards of the run */
    ShardCheckpoints(WorkerConfig config, int servers, FileStore store) {
        this.spec = config.spec();
        this.restorePrefix = config.restorePrefix();
        this.servers = servers;
        this.store = store;
        this.shutdownNs = config.timeouts().shutdownNs();
        this.writer = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "covey-checkpoint-" + config.worker());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Fills the shards' parameters and slots, and the residuals.
     *
     * @param newerPrefix a checkpoint of this run; empty for what the run has started from
     * @return global steps that these have done
     */
    long fill(List<HostedShard> shards, Residuals residuals, String newerPrefix) {
        String prefix = newerPrefix.isEmpty() ? restorePrefix : newerPrefix;
        if (prefix == null) {
            shards.forEach(shard -> initialize(spec.model(), shard.range(), shard.parameters()));
            return 0;
        }
        CheckpointDirectory directory = new CheckpointDirectory(store, prefix, 1);
        for (HostedShard shard : shards) {
            directory.readRange(
                    prefix,
                    spec.model().layout(),
                    spec.optimizer().slots(),
                    shard.range(),
                    shard.parameters(),
                    shard.slots().toArray(NativeFloats[]::new));
        }
        residuals.forEach(
                (residual, leaf) -> directory.readResidual(prefix, spec.model().layout(), leaf, residual));
        return directory.readState(prefix).step();
    }

    private void initialize(Model model, ShardRange range, NativeFloats target) {
        for (long from = 0; from < range.length(); from += CHUNK_FLOATS) {
            float[] values = new float[(int) Math.min(CHUNK_FLOATS, range.length() - from)];
            model.initialValues(spec.seed(), range.offset() + from, values);
            target.put(from, values);
        }
    }

    /** Copies the shards and residuals now and writes the copies in the background; {@link #poll} hands over the outcome. */
    void write(Command.WriteParts command, List<HostedShard> shards, Residuals residuals) {
        int residualParts = spec.wire().gradients().hasResidual() ? spec.virtualShards() : 0;
        CheckpointParts parts = new CheckpointParts(store, command.prefix(), command.attempt(), servers, residualParts);
        List<Snapshot> snapshots = new ArrayList<>();
        for (HostedShard shard : shards) {
            if (shard.step() != command.step()) {
                throw CoveyException.failure("server shard " + shard.range().shard() + " has done " + shard.step()
                        + " steps, the checkpoint " + command.prefix() + " is of step " + command.step());
            }
            snapshots.add(snapshot(shard));
        }
        residuals.forEach((residual, leaf) -> snapshots.add(new ResidualSnapshot(leaf, memory.copyOf(residual))));
        writer.execute(() -> {
            try {
                FaultPoint.CHECKPOINT.reached(command.step());
                snapshots.forEach(snapshot -> snapshot.write(parts, spec));
                outcomes.add(new WorkerMessage.PartsWritten(command.command()));
            } catch (RuntimeException | Error e) {
                outcomes.add(new WorkerMessage.PartsFailed(command.command(), ErrorReport.of(e)));
            } finally {
                snapshots.forEach(snapshot -> snapshot.release(memory));
            }
        });
    }

    /**
     * Reports what has come of earlier writes.
     *
     * @return 0 for nothing
     */
    int poll(CoordinatorLink link) {
        WorkerMessage outcome = outcomes.peek();
        if (outcome == null || !link.offer(outcome)) {
            return 0;
        }
        outcomes.remove();
        return 1;
    }

    @Override
    public void close() {
        writer.shutdownNow();
        try {
            writer.awaitTermination(shutdownNs, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        memory.close();
    }

    private Snapshot snapshot(HostedShard shard) {
        return new ShardSnapshot(
                shard.range(),
                memory.copyOf(shard.parameters()),
                shard.slots().stream().map(memory::copyOf).toList());
    }

    /** Something as it was at a step. */
    private sealed interface Snapshot {
        void write(CheckpointParts parts, TrainingSpec spec);

        void release(SnapshotPool memory);
    }

    private record ResidualSnapshot(int leaf, NativeFloats residual) implements Snapshot {
        @Override
        public void write(CheckpointParts parts, TrainingSpec spec) {
            parts.writeResidual(spec.model().layout(), leaf, residual);
        }

        @Override
        public void release(SnapshotPool memory) {
            memory.release(residual);
        }
    }

    private record ShardSnapshot(ShardRange range, NativeFloats parameters, List<NativeFloats> slots)
            implements Snapshot {
        @Override
        public void write(CheckpointParts parts, TrainingSpec spec) {
            parts.writePart(
                    spec.model().layout(),
                    range,
                    parameters,
                    spec.optimizer().slots(),
                    slots.toArray(NativeFloats[]::new));
        }

        @Override
        public void release(SnapshotPool memory) {
            memory.release(parameters);
            slots.forEach(memory::release);
        }
    }
}
