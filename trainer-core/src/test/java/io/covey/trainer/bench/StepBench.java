package io.covey.trainer.bench;

import io.covey.trainer.data.Column;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Samples;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.LocalTrainingBackend;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Samples per second of the training step in one process, 784-300-200-100-10, by batch size, virtual shards and lanes. All
 * cases take turns, so that they share what else the machine does; the argument is the number of turns. Compare within a run.
 * On a machine that does other things the rate per second of the calling thread's own processor time tells more.
 */
public final class StepBench {
    private static final int ROWS = 2048;

    private final String name;
    private final LocalTrainingBackend backend;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final List<Double> rates = new ArrayList<>();
    private final List<Double> cpuRates = new ArrayList<>();

    private StepBench(int batchSize, int virtualShards, int lanes, boolean floats) {
        name = "batch %3d, %d virtual shards, %d lanes%s"
                .formatted(batchSize, virtualShards, lanes, floats ? ", float input" : "");
        Model model = Models.mlp(List.of(28, 28), 300, 200, 100, 10);
        DataPlan plan = new DataPlan(ROWS, batchSize, virtualShards, true, 1);
        TrainingSpec spec = new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy")),
                new Sgd(Sgd.LEARNING_RATE_DEFAULT),
                floats ? 1f : 1 / 255f,
                plan,
                null,
                null,
                1);
        List<VirtualShard> shards =
                Samples.random(ROWS, model.inputSize(), 10, 1).shards(plan);
        backend = new LocalTrainingBackend(
                spec, floats ? shards.stream().map(StepBench::asFloats).toList() : shards, lanes, (p, s, w, o) -> {});
    }

    private static VirtualShard asFloats(VirtualShard shard) {
        SampleBlock bytes = shard.train();
        Column pixels = bytes.inputs().get(0);
        float[] floats = new float[pixels.length()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = pixels.get(i) / 255f;
        }
        SampleBlock block = new SampleBlock(
                bytes.rows(),
                List.of(new Column.Floats(pixels.width(), floats)),
                bytes.targets(),
                bytes.sampleWeights());
        return new VirtualShard(shard.index(), block, null, null);
    }

    private void run() {
        long steps = backend.steps(DataSplit.TRAIN);
        long cpuStart = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        backend.train(new EpochPlan(0, 0, steps, 0, 0.01f), (step, metrics) -> {});
        rates.add(ROWS * 1e9 / (System.nanoTime() - start));
        cpuRates.add(ROWS * 1e9 / (threads.getCurrentThreadCpuTime() - cpuStart));
    }

    private void print() {
        System.out.printf("%-50s %s samples/s, %s samples per CPU second%n", name, summary(rates), summary(cpuRates));
    }

    private static String summary(List<Double> values) {
        Collections.sort(values);
        return "median %7.0f best %7.0f".formatted(values.get(values.size() / 2), values.get(values.size() - 1));
    }

    public static void main(String[] args) {
        int turns = args.length > 0 ? Integer.parseInt(args[0]) : 50;
        System.out.println("instruction set " + NativeLibraries.instructionSet() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors");
        List<StepBench> cases = List.of(
                new StepBench(32, 1, 1, false),
                new StepBench(32, 1, 1, true),
                new StepBench(32, 2, 1, false),
                new StepBench(32, 2, 2, false),
                new StepBench(32, 4, 1, false),
                new StepBench(32, 4, 2, false),
                new StepBench(64, 2, 2, false),
                new StepBench(256, 1, 1, false),
                new StepBench(256, 2, 2, false));
        for (int turn = 0; turn < turns; turn++) {
            cases.forEach(StepBench::run);
        }
        for (StepBench each : cases) {
            each.print();
            each.backend.close();
        }
    }
}
