package io.covey.spark.bench;

import io.covey.server.worker.WorkerConfig;
import io.covey.server.worker.WorkerRuntime;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.training.LaneStepRunner;
import io.covey.trainer.training.VirtualShard;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.agrona.concurrent.SystemNanoClock;

/** A worker of a benchmark as a process of its own; its {@link WorkerAssignment} comes serialized on standard input. */
final class WorkerProcess {
    private WorkerProcess() {}

    public static void main(String[] arguments) throws IOException, ClassNotFoundException {
        WorkerAssignment assignment;
        try (ObjectInputStream in = new ObjectInputStream(System.in)) {
            assignment = (WorkerAssignment) in.readObject();
        }
        WorkerConfig config = new WorkerConfig(
                assignment.worker(),
                assignment.coordinator(),
                ClusterWorkload.transport(assignment.coordinator().jobId(), assignment.security()),
                assignment.spec(),
                assignment.lanes(),
                assignment.timeouts(),
                null);
        WorkerRuntime.RunnerFactory runners = assignment.exchangeOnly()
                ? (spec, shards, lanes) -> new AllReduceRunner(spec, shards)
                : LaneStepRunner::new;
        Function<Set<Integer>, List<VirtualShard>> loader =
                leaves -> leaves.stream().map(leaf -> data(assignment, leaf)).toList();
        new WorkerRuntime(config, loader, runners, new LocalFileStore(), () -> false, SystemNanoClock.INSTANCE).run();
    }

    private static VirtualShard data(WorkerAssignment assignment, int leaf) {
        return assignment.exchangeOnly()
                ? new VirtualShard(leaf, new SampleBlock(1, new byte[0], new int[0]), null, null)
                : BenchModel.data(assignment.spec(), leaf);
    }
}
