package io.covey.server.faults;

import io.covey.server.control.ClusterTimeouts;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What the fault matrix trains: small, yet its shards have several chunks each. */
final class FaultJob {
    static final int EPOCHS = 4;
    static final int STEPS_PER_EPOCH = 19;
    static final int SERVERS = 2;
    static final int VIRTUAL_SHARDS = 4;
    private static final int BATCH_SIZE = 16;
    private static final int ROWS = 300;
    private static final int FEATURES = 25;
    private static final int CLASSES = 3;
    private static final int SEED = 11;

    /** Long enough for a loaded machine, where processes are not scheduled for seconds. */
    static final ClusterTimeouts TIMEOUTS = timeouts();

    private FaultJob() {}

    private static ClusterTimeouts timeouts() {
        long longNs = TimeUnit.SECONDS.toNanos(30);
        return new ClusterTimeouts(
                TimeUnit.SECONDS.toNanos(120),
                longNs,
                longNs,
                TimeUnit.SECONDS.toNanos(4),
                longNs,
                TimeUnit.SECONDS.toNanos(3));
    }

    static TrainingSpec spec() {
        return spec(new Sgd(0.1));
    }

    static TrainingSpec spec(Optimizer optimizer) {
        Model model = Model.sequential(
                "mlp",
                List.of(FEATURES),
                List.of(
                        new Dense(400, Activation.RELU),
                        new Dense(50, Activation.RELU),
                        new Dense(CLASSES, Activation.SOFTMAX)));
        return new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy")),
                optimizer,
                1f / 255,
                new DataPlan(ROWS, BATCH_SIZE, VIRTUAL_SHARDS, true, SEED),
                null,
                null,
                SEED);
    }

    /** The data of these virtual shards. */
    static List<VirtualShard> load(Set<Integer> leaves) {
        return leaves.stream()
                .map(leaf -> new VirtualShard(leaf, block(leaf), null, null))
                .toList();
    }

    private static SampleBlock block(int leaf) {
        int rows = Math.toIntExact(spec().plan(DataSplit.TRAIN).shardRows(leaf));
        Random random = new Random(SEED + leaf);
        byte[] data = new byte[rows * FEATURES];
        random.nextBytes(data);
        return new SampleBlock(FEATURES, data, random.ints(rows, 0, CLASSES).toArray());
    }
}
