package io.covey.spark.bench;

import com.sun.management.ThreadMXBean;
import io.covey.trainer.model.WeightsHash;
import io.covey.trainer.training.LaneStepRunner;
import io.covey.trainer.training.LocalGradientExchange;
import io.covey.trainer.training.Metrics;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;

/** Training in this process: one virtual shard per thread, gradients summed and parameters updated in place. */
final class SingleWorkload implements Workload {
    private final TrainingSpec spec;
    private final LocalGradientExchange exchange;
    private final LaneStepRunner runner;
    private final StepCursor cursor;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private double lossSum;
    private double samples;
    private long allocatedBytes;
    private long allocatedSteps;

    SingleWorkload(BenchModel model, int batch, int lanes) {
        spec = model.spec(batch, Math.min(lanes, batch));
        exchange = new LocalGradientExchange(spec);
        List<VirtualShard> shards = IntStream.range(0, spec.virtualShards())
                .mapToObj(v -> BenchModel.data(spec, v))
                .toList();
        runner = new LaneStepRunner(spec, shards, lanes);
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
            var plan = cursor.next(steps - done);
            runner.train(
                    plan,
                    exchange,
                    (step, leaf, metrics) -> {
                        lossSum += metrics.get(Metrics.LOSS);
                        samples += metrics.get(Metrics.SAMPLES);
                    },
                    () -> false);
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
        return WeightsHash.sha256(spec.model().layout(), exchange.parameters());
    }

    @Override
    public void close() {
        runner.close();
        exchange.close();
    }
}
