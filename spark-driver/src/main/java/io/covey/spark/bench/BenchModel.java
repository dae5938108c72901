package io.covey.spark.bench;

import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.convolutional.Conv2D;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.layers.normalization.BatchNormalization;
import io.covey.trainer.layers.pooling.MaxPooling2D;
import io.covey.trainer.layers.rnn.GRU;
import io.covey.trainer.layers.rnn.LSTM;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Adam;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.random.CounterRandom;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The reference networks, trained on random bytes and labels. */
enum BenchModel {
    /** The classic MNIST network, 316,810 parameters. */
    M1(List.of(784), () -> mlp(300, 200, 100, 10), Rates.SGD),
    /** A small convolutional network, 103,562 parameters. */
    M2(List.of(32, 32, 3), BenchModel::smallCnn, Rates.SGD),
    /** A network like VGG with batch normalization, 1,117,738 parameters. */
    M3(List.of(32, 32, 3), BenchModel::vgg, Rates.ADAM),
    /** A wide network with Adam, 14,638,056 parameters. */
    M4(List.of(2048), () -> mlp(2048, 2048, 2048, 1000), Rates.ADAM),
    /** A wide network of 25,583,716 parameters, as many as ResNet-50. */
    M5(List.of(2048), () -> mlp(4096, 4096, 100), Rates.SGD),
    /** The same with Adam, whose slots make its checkpoints three times as large. */
    M5A(List.of(2048), () -> mlp(4096, 4096, 100), Rates.ADAM),
    /** 128 LSTM units on sequences of 64 steps. */
    LSTM(List.of(64, 32), () -> List.of(new LSTM(128), new Dense(10, Activation.SOFTMAX)), Rates.SGD),
    /** 128 GRU units on sequences of 64 steps. */
    GRU(List.of(64, 32), () -> List.of(new GRU(128), new Dense(10, Activation.SOFTMAX)), Rates.SGD);

    private static final class Rates {
        private static final Optimizer SGD = new Sgd(0.01);
        private static final Optimizer ADAM = new Adam(0.001);
    }

    private static final long SEED = 7;
    /** An epoch is this many steps, or as many as fit in {@link #MAX_DATA_BYTES}. */
    private static final int EPOCH_STEPS = 1024;

    private static final long MAX_DATA_BYTES = 64L << 20;

    @SuppressWarnings("ImmutableEnumChecker") // Everywhere List.of.
    private final List<Integer> inputShape;

    @SuppressWarnings("ImmutableEnumChecker") // Makes new layers in each call.
    private final Supplier<List<Layer>> layers;

    @SuppressWarnings("ImmutableEnumChecker") // Optimizers are immutable.
    private final Optimizer optimizer;

    BenchModel(List<Integer> inputShape, Supplier<List<Layer>> layers, Optimizer optimizer) {
        this.inputShape = inputShape;
        this.layers = layers;
        this.optimizer = optimizer;
    }

    private static List<Layer> mlp(int... units) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < units.length; i++) {
            layers.add(new Dense(units[i], i == units.length - 1 ? Activation.SOFTMAX : Activation.RELU));
        }
        return layers;
    }

    private static List<Layer> smallCnn() {
        return List.of(
                new Conv2D(16, 3, Activation.RELU),
                new MaxPooling2D(3),
                new Flatten(),
                new Dense(64, Activation.RELU),
                new Dense(10, Activation.SOFTMAX));
    }

    private static List<Layer> vgg() {
        List<Layer> layers = new ArrayList<>();
        for (int filters : new int[] {32, 64}) {
            for (int i = 0; i < 2; i++) {
                layers.add(new Conv2D(filters, 3, Activation.RELU).padding("same"));
                layers.add(new BatchNormalization());
            }
            layers.add(new MaxPooling2D(2));
        }
        layers.add(new Flatten());
        layers.add(new Dense(256, Activation.RELU));
        layers.add(new Dense(10, Activation.SOFTMAX));
        return layers;
    }

    Model model() {
        return Model.sequential("sequential", inputShape, layers.get());
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
        Model model = model();
        long fit = MAX_DATA_BYTES / ((long) batchSize * model.inputSize());
        long rows = Math.max(1, Math.min(EPOCH_STEPS, fit)) * batchSize;
        DataPlan plan = new DataPlan(rows, batchSize, virtualShards, false, SEED);
        return new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy()),
                optimizer,
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
