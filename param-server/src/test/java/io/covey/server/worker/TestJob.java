package io.covey.server.worker;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import io.covey.trainer.wire.WireFormats;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A small multilayer perceptron and seeded random data for four virtual shards. */
final class TestJob {
    static final int VIRTUAL_SHARDS = 4;
    static final int BATCH_SIZE = 16;
    static final int SEED = 7;
    private static final int ROWS = 300;
    private static final int VALIDATION_ROWS = 70;
    static final int SIDE = 5;
    static final int CLASSES = 3;
    private static final double LEARNING_RATE = 0.1;

    private TestJob() {}

    static TrainingSpec spec() {
        return spec(new Sgd(LEARNING_RATE));
    }

    static TrainingSpec spec(WireFormats wire) {
        return spec(new Sgd(LEARNING_RATE), wire);
    }

    static TrainingSpec spec(Optimizer optimizer) {
        return spec(optimizer, WireFormats.FLOAT32);
    }

    /** Another model of samples of {@link #SIDE} times {@link #SIDE} numbers in {@link #CLASSES} classes. */
    static TrainingSpec spec(Model model) {
        return spec(model, new Sgd(LEARNING_RATE), WireFormats.FLOAT32);
    }

    private static TrainingSpec spec(Optimizer optimizer, WireFormats wire) {
        Model model = Model.sequential(
                "mlp",
                List.of(SIDE, SIDE),
                List.of(new Flatten(), new Dense(20, Activation.RELU), new Dense(CLASSES, Activation.SOFTMAX)));
        return spec(model, optimizer, wire);
    }

    private static TrainingSpec spec(Model model, Optimizer optimizer, WireFormats wire) {
        return new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy")),
                optimizer,
                1f / 255,
                new DataPlan(ROWS, BATCH_SIZE, VIRTUAL_SHARDS, true, SEED),
                new DataPlan(VALIDATION_ROWS, BATCH_SIZE, VIRTUAL_SHARDS, false, SEED),
                null,
                SEED,
                wire);
    }

    /** The whole of epoch {@code epoch}. */
    static EpochPlan epoch(int epoch) {
        long steps = spec().plan(DataSplit.TRAIN).stepsPerEpoch();
        return new EpochPlan(epoch, epoch * steps, (epoch + 1) * steps, epoch * steps, (float) LEARNING_RATE);
    }

    /** The data of these virtual shards. */
    static List<VirtualShard> load(Set<Integer> leaves) {
        return leaves.stream()
                .map(leaf ->
                        new VirtualShard(leaf, block(DataSplit.TRAIN, leaf), block(DataSplit.VALIDATION, leaf), null))
                .toList();
    }

    private static SampleBlock block(DataSplit split, int leaf) {
        DataPlan plan = spec().plan(split);
        DataPlan.Dealer dealer = plan.dealer();
        int features = SIDE * SIDE;
        int rows = Math.toIntExact(plan.shardRows(leaf));
        byte[] data = new byte[rows * features];
        int[] labels = new int[rows];
        Random random = new Random(split == DataSplit.TRAIN ? SEED : SEED + 1);
        byte[] row = new byte[features];
        for (int i = 0; i < plan.rows(); i++) {
            random.nextBytes(row);
            int label = random.nextInt(CLASSES);
            if (dealer.shard(i) == leaf) {
                int slot = Math.toIntExact(dealer.slot(i));
                System.arraycopy(row, 0, data, slot * features, features);
                labels[slot] = label;
            }
        }
        return new SampleBlock(features, data, labels);
    }
}
