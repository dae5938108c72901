package io.covey.spark.bench;

import com.sun.management.ThreadMXBean;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.LanePlan;
import io.covey.trainer.training.LocalTrainingBackend;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;

/** Training in this process on the threads of a {@link LanePlan}: gradients summed and parameters updated in place. */
final class SingleWorkload implements Workload {
    private final LocalTrainingBackend backend;
    private final StepCursor cursor;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private double lossSum;
    private double samples;
    private long allocatedBytes;
    private long allocatedSteps;

    SingleWorkload(BenchModel model, int batch, int threads) {
        LanePlan lanes = LanePlan.inProcess(model.model(), model.spec(batch, 1).compile(), threads, batch);
        TrainingSpec spec = model.spec(batch, lanes.virtualShards());
        List<VirtualShard> shards = IntStream.range(0, spec.virtualShards())
                .mapToObj(v -> BenchModel.data(spec, v))
                .toList();
        backend = new LocalTrainingBackend(
                spec, shards, lanes.virtualShards(), lanes.threadsPerLane(), (prefix, state, parameters, slots) -> {
                    throw new IOException("a benchmark writes no checkpoint");
                });
        cursor = new StepCursor(
                spec.train().stepsPerEpoch(), (float) spec.optimizer().learningRate());
    }

    @Override
    public Measurement run(long steps) {
        long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
        long startNs = System.nanoTime();
        for (long done = 0; done < steps; ) {
            lossSum = 0;
            samples = 0;
            EpochPlan plan = cursor.next(steps - done);
            backend.train(plan, (step, metrics) -> {
                lossSum += metrics.get(StateLayout.LOSS);
                samples += metrics.get(StateLayout.SAMPLES);
            });
            done += plan.endStep() - plan.firstStep();
        }
        long elapsedNs = System.nanoTime() - startNs;
        allocatedBytes = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;
        allocatedSteps = steps;
        return new Measurement(steps, elapsedNs, lossSum / samples);
    }

    @Override
    public double bytesAllocatedPerStep() {
        return (double) allocatedBytes / allocatedSteps;
    }

    @Override
    public String weightsSha256() {
        return backend.weightsSha256();
    }

    @Override
    public void close() {
        backend.close();
    }
}
