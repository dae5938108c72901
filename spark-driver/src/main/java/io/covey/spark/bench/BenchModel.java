package io.covey.spark.bench;

import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.random.CounterRandom;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.util.ArrayList;
import java.util.List;

/** The reference networks, trained on random bytes and labels with SGD 0.01. */
enum BenchModel {
    /** The classic MNIST network, 316,810 parameters. */
    M1(784, 300, 200, 100, 10),
    /** A wide network of 25,583,716 parameters, as many as ResNet-50. */
    M5(2048, 4096, 4096, 100);

    private static final long SEED = 7;
    private static final double LEARNING_RATE = 0.01;
    /** An epoch is this many steps, or as many as fit in {@link #MAX_DATA_BYTES}. */
    private static final int EPOCH_STEPS = 1024;

    private static final long MAX_DATA_BYTES = 64L << 20;

    private final int inputs;

    @SuppressWarnings("ImmutableEnumChecker") // List.of, which the checker does not follow through a varargs stream
    private final List<Integer> units;

    BenchModel(int inputs, Integer... units) {
        this.inputs = inputs;
        this.units = List.of(units);
    }

    private Model model() {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < units.size(); i++) {
            layers.add(new Dense(units.get(i), i == units.size() - 1 ? Activation.SOFTMAX : Activation.RELU));
        }
        return Model.sequential("sequential", List.of(inputs), layers);
    }

    /** The model named {@code name}, or a caller's error. */
    static BenchModel named(String name) {
        for (BenchModel candidate : values()) {
            if (candidate.name().equals(name)) {
                return candidate;
            }
        }
        throw CoveyException.caller(
                "model " + name + " is not among the models that can be measured: " + List.of(values()));
    }

    /** The training of this model with a global batch of {@code batchSize} over {@code virtualShards} virtual shards. */
    TrainingSpec spec(int batchSize, int virtualShards) {
        long fit = MAX_DATA_BYTES / ((long) batchSize * inputs);
        long rows = Math.max(1, Math.min(EPOCH_STEPS, fit)) * batchSize;
        DataPlan plan = new DataPlan(rows, batchSize, virtualShards, false, SEED);
        return new TrainingSpec(
                model(),
                CompileOptions.of(Losses.sparseCategoricalCrossentropy()),
                new Sgd(LEARNING_RATE),
                1 / 255f,
                plan,
                null,
                null,
                SEED);
    }

    /** The random rows of virtual shard {@code v}. */
    static VirtualShard data(TrainingSpec spec, int v) {
        int rows = Math.toIntExact(spec.train().shardRows(v));
        int features = spec.model().inputSize();
        CounterRandom random = CounterRandom.of(SEED, v);
        byte[] data = new byte[rows * features];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) random.bits(i);
        }
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) {
            labels[i] = (int) Math.floorMod(random.bits(data.length + (long) i), (long) spec.classes());
        }
        return new VirtualShard(v, new SampleBlock(features, data, labels), null, null);
    }
}
