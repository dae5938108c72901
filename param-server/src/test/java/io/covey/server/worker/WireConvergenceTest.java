package io.covey.server.worker;

import io.covey.server.coordinator.Coordinator;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.IdxFile;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.layers.core.Dense;
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
import io.covey.trainer.wire.WireFormat;
import io.covey.trainer.wire.WireFormats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every wire format trains a network on MNIST nearly as well as float32 does. */
@Timeout(300)
class WireConvergenceTest {
    private static final Path MNIST = Path.of(System.getProperty("basedir", "."), "../deploy/examples/mnist/data");
    private static final int PIXELS = 784;
    private static final int ROWS = 12_000;
    private static final int VALIDATION_ROWS = 4_000;
    private static final int BATCH = 64;
    private static final int EPOCHS = 3;
    private static final int SHARDS = 4;
    private static final long SEED = 3;
    private static final float LEARNING_RATE = 0.1f;
    /** Of what is left out at the end, and for chance. */
    private static final double TOLERANCE = 0.015;

    private static double plainAccuracy;

    static Stream<WireFormats> formats() {
        WireFormat float32 = WireFormat.float32();
        return Stream.of(
                new WireFormats(new WireFormat.Float16(), new WireFormat.Float16()),
                new WireFormats(new WireFormat.Bfloat16(), float32),
                new WireFormats(float32, new WireFormat.Bfloat16()),
                new WireFormats(new WireFormat.Int8(), new WireFormat.Int8()),
                new WireFormats(new WireFormat.Threshold(1), float32),
                new WireFormats(new WireFormat.TopK(0.05), float32));
    }

    @BeforeAll
    static void trainWithFloat32() {
        plainAccuracy = accuracy(WireFormats.FLOAT32);
        assertTrue(plainAccuracy > 0.85, "float32 reaches " + plainAccuracy);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void shouldLearnAsFloat32Does(WireFormats wire) {
        double reached = accuracy(wire);
        assertTrue(reached > plainAccuracy - TOLERANCE, wire + " reaches " + reached + ", float32 " + plainAccuracy);
    }

    /** Validation accuracy after training on two workers. */
    private static double accuracy(WireFormats wire) {
        TrainingSpec spec = spec(wire);
        try (TestCluster cluster =
                new TestCluster(spec, 2, 2, 0, TestCluster.TIMEOUTS, new LocalFileStore(), JobSecurity.random())) {
            cluster.loader = leaves -> load(spec, leaves);
            Coordinator coordinator = cluster.start(2).coordinator();
            long steps = coordinator.steps(DataSplit.TRAIN);
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                long first = epoch * steps;
                coordinator.train(
                        new EpochPlan(epoch, first, first + steps, first, LEARNING_RATE), (step, metrics) -> {});
            }
            MetricState sums = MetricState.zero(spec.metrics().stateLength());
            coordinator.evaluate(DataSplit.VALIDATION, (step, metrics) -> sums.add(metrics));
            Map<String, Double> logs = spec.metrics().results(sums);
            return logs.get("accuracy");
        }
    }

    private static TrainingSpec spec(WireFormats wire) {
        return new TrainingSpec(
                Model.sequential(
                        "mnist",
                        List.of(PIXELS),
                        List.of(new Dense(64, Activation.RELU), new Dense(10, Activation.SOFTMAX))),
                CompileOptions.of(Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy")),
                new Sgd(LEARNING_RATE),
                1 / 255f,
                new DataPlan(ROWS, BATCH, SHARDS, true, SEED),
                new DataPlan(VALIDATION_ROWS, BATCH, SHARDS, false, SEED),
                null,
                SEED,
                wire);
    }

    private static List<VirtualShard> load(TrainingSpec spec, Set<Integer> leaves) {
        return leaves.stream()
                .map(leaf -> new VirtualShard(
                        leaf,
                        block(spec.plan(DataSplit.TRAIN), "train", leaf),
                        block(spec.plan(DataSplit.VALIDATION), "t10k", leaf),
                        null))
                .toList();
    }

    private static SampleBlock block(DataPlan plan, String name, int leaf) {
        DataPlan.Dealer dealer = plan.dealer();
        int rows = Math.toIntExact(plan.shardRows(leaf));
        byte[] data = new byte[rows * PIXELS];
        int[] labels = new int[rows];
        byte[] image = new byte[PIXELS];
        byte[] label = new byte[1];
        try (IdxFile images = open(name + "-images-idx3-ubyte.gz");
                IdxFile classes = open(name + "-labels-idx1-ubyte.gz")) {
            for (int i = 0; i < plan.rows(); i++) {
                images.readRow(image, 0);
                classes.readRow(label, 0);
                if (dealer.shard(i) == leaf) {
                    int slot = Math.toIntExact(dealer.slot(i));
                    System.arraycopy(image, 0, data, slot * PIXELS, PIXELS);
                    labels[slot] = label[0];
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SampleBlock(PIXELS, data, labels);
    }

    private static IdxFile open(String file) throws IOException {
        return IdxFile.open(file, Files.newInputStream(MNIST.resolve(file)));
    }
}
