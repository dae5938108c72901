package io.covey.server.worker;

import io.covey.server.coordinator.Coordinator;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.IdxFile;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A small network on the first digits of MNIST, in four virtual shards: a hundred steps an epoch. */
final class MnistJob {
    static final int VIRTUAL_SHARDS = 4;
    static final int STEPS_PER_EPOCH = 100;
    static final double LEARNING_RATE = 0.1;
    private static final int EPOCHS = 3;
    private static final int BATCH_SIZE = 64;
    private static final int ROWS = BATCH_SIZE * STEPS_PER_EPOCH;
    private static final int VALIDATION_ROWS = 2_000;
    private static final int FEATURES = 28 * 28;
    private static final int SEED = 5;
    private static final Path DATA = Path.of("..", "deploy", "examples", "mnist", "data");

    private MnistJob() {}

    static TrainingSpec spec() {
        Model model = Model.sequential(
                "mlp",
                List.of(28, 28),
                List.of(new Flatten(), new Dense(64, Activation.RELU), new Dense(10, Activation.SOFTMAX)));
        return new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy")),
                new Sgd(LEARNING_RATE),
                1f / 255,
                new DataPlan(ROWS, BATCH_SIZE, VIRTUAL_SHARDS, true, SEED),
                new DataPlan(VALIDATION_ROWS, BATCH_SIZE, VIRTUAL_SHARDS, false, SEED),
                null,
                SEED);
    }

    /** The data of these virtual shards. */
    static List<VirtualShard> load(Set<Integer> leaves) {
        return leaves.stream()
                .map(leaf -> new VirtualShard(
                        leaf, block(DataSplit.TRAIN, leaf, 0), block(DataSplit.VALIDATION, leaf, ROWS), null))
                .toList();
    }

    private static SampleBlock block(DataSplit split, int leaf, int skip) {
        DataPlan plan = spec().plan(split);
        DataPlan.Dealer dealer = plan.dealer();
        int rows = Math.toIntExact(plan.shardRows(leaf));
        byte[] data = new byte[rows * FEATURES];
        int[] labels = new int[rows];
        byte[] row = new byte[FEATURES];
        byte[] label = new byte[1];
        try (IdxFile images = open("train-images-idx3-ubyte.gz");
                IdxFile classes = open("train-labels-idx1-ubyte.gz")) {
            for (long i = -skip; i < plan.rows(); i++) {
                images.readRow(row, 0);
                classes.readRow(label, 0);
                if (i >= 0 && dealer.shard(i) == leaf) {
                    int slot = Math.toIntExact(dealer.slot(i));
                    System.arraycopy(row, 0, data, slot * FEATURES, FEATURES);
                    labels[slot] = label[0];
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SampleBlock(FEATURES, data, labels);
    }

    private static IdxFile open(String name) throws IOException {
        return IdxFile.open(name, Files.newInputStream(DATA.resolve(name)));
    }

    /** The whole of epoch {@code epoch}. */
    static EpochPlan epoch(int epoch) {
        long first = (long) epoch * STEPS_PER_EPOCH;
        return new EpochPlan(epoch, first, first + STEPS_PER_EPOCH, first, (float) LEARNING_RATE);
    }

    /** Trains 300 steps; returns the share of the validation rows that are classified right then. */
    static double train(Coordinator coordinator) {
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            coordinator.train(epoch(epoch), (step, sums) -> {});
        }
        TrainingSpec spec = spec();
        MetricState sums = MetricState.zero(spec.metrics().stateLength());
        coordinator.evaluate(DataSplit.VALIDATION, (step, more) -> sums.add(more));
        return spec.metrics().results(sums).get("accuracy");
    }
}
