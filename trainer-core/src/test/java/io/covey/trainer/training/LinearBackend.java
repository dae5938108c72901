package io.covey.trainer.training;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.optimizer.Sgd;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Trains {@code y = w x} on samples of {@code y = 3 x} by gradient descent on the squared error, in plain arithmetic. A sample
 * counts as correct when the prediction is off by less than 0.5.
 */
public final class LinearBackend implements TrainingBackend {
    private final TrainingSpec spec;
    private final Map<String, TrainingState> states = new TreeMap<>();
    private final Map<String, Double> weights = new TreeMap<>();
    private Function<String, CompletableFuture<Void>> disk = prefix -> CompletableFuture.completedFuture(null);
    private double weight;
    private volatile boolean stopRequested;

    public LinearBackend(TrainingSpec spec) {
        this.spec = spec;
    }

    /** A job with this many rows, in global batches of {@code batchSize}. */
    public static TrainingSpec spec(long rows, long validationRows, int batchSize, double learningRate) {
        return new TrainingSpec(
                Model.sequential("linear", List.of(1), List.of(new Dense(1, Activation.LINEAR))),
                CompileOptions.of(Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy")),
                new Sgd(learningRate),
                1f,
                new DataPlan(rows, batchSize, 1, false, 7),
                validationRows == 0 ? null : new DataPlan(validationRows, batchSize, 1, false, 7),
                null,
                7);
    }

    /** What becomes of a checkpoint, by its prefix; at first each is committed at once. */
    void disk(Function<String, CompletableFuture<Void>> newDisk) {
        disk = newDisk;
    }

    /** States of the checkpoints by prefix. */
    Map<String, TrainingState> states() {
        return states;
    }

    /** Goes back to the weight of a checkpoint of another backend. */
    void restore(LinearBackend other, String prefix) {
        weight = other.weights.get(prefix);
    }

    double weight() {
        return weight;
    }

    @Override
    public long steps(DataSplit split) {
        return spec.plan(split) == null ? 0 : spec.plan(split).stepsPerEpoch();
    }

    @Override
    public long rows(DataSplit split) {
        return spec.plan(split) == null ? 0 : spec.plan(split).rows();
    }

    @Override
    public long train(EpochPlan plan, StepListener listener) {
        stopRequested = false;
        long step = plan.firstStep();
        while (step < plan.endStep() && !stopRequested) {
            long batch = step - plan.epochFirstStep();
            double gradient = gradient(batch);
            MetricState metrics = metrics(DataSplit.TRAIN, batch);
            weight -= plan.learningRate() * gradient;
            step++;
            listener.onStep(batch, metrics);
        }
        return step;
    }

    @Override
    public void evaluate(DataSplit split, StepListener listener) {
        for (long batch = 0; batch < steps(split); batch++) {
            listener.onStep(batch, metrics(split, batch));
        }
    }

    private double gradient(long batch) {
        double sum = 0;
        for (long row = first(batch); row < end(DataSplit.TRAIN, batch); row++) {
            sum += 2 * (weight - 3) * input(row) * input(row);
        }
        return sum / (end(DataSplit.TRAIN, batch) - first(batch));
    }

    private MetricState metrics(DataSplit split, long batch) {
        MetricState metrics = MetricState.zero(spec.metrics().stateLength());
        for (long row = first(batch); row < end(split, batch); row++) {
            double error = (weight - 3) * input(row);
            metrics.add(StateLayout.SAMPLES, 1);
            metrics.add(StateLayout.LOSS, error * error);
            metrics.add(StateLayout.LOSS + 1, Math.abs(error) < 0.5 ? 1 : 0);
            metrics.add(StateLayout.LOSS + 2, 1);
        }
        return metrics;
    }

    private static double input(long row) {
        return 0.25 + row % 5;
    }

    private long first(long batch) {
        return batch * spec.train().batchSize();
    }

    private long end(DataSplit split, long batch) {
        return Math.min(rows(split), first(batch + 1));
    }

    @Override
    public String weightsSha256() {
        try {
            byte[] bytes = ByteBuffer.allocate(Double.BYTES).putDouble(weight).array();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public CompletableFuture<Void> checkpoint(String checkpointPrefix, TrainingState state) {
        states.put(checkpointPrefix, state);
        weights.put(checkpointPrefix, weight);
        return disk.apply(checkpointPrefix);
    }

    /** The weight as a sum of floats, which is exact. */
    @Override
    public void restore(CheckpointDirectory directory, String checkpointPrefix) {
        throw new UnsupportedOperationException("restore");
    }

    @Override
    public NativeFloats copyWeights() {
        float high = (float) weight;
        float middle = (float) (weight - high);
        NativeFloats floats = NativeFloats.allocate(3);
        floats.put(0, new float[] {high, middle, (float) (weight - high - middle)});
        return floats;
    }

    @Override
    public TrainingVariables copyVariables() {
        return new TrainingVariables(copyWeights(), List.of());
    }

    @Override
    public void setWeights(NativeFloats floats) {
        float[] parts = floats.get(0, 3);
        weight = (double) parts[0] + parts[1] + parts[2];
    }

    @Override
    public void overwriteWithAverages() {}

    @Override
    public void requestStop() {
        stopRequested = true;
    }

    @Override
    public void close() {}
}
