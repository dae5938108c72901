package io.covey.trainer.golden;

import io.covey.trainer.callbacks.Training;
import io.covey.trainer.callbacks.WeightsSnapshot;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.WeightsCheckpoint;
import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.keras.WeightArray;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.metrics.Direction;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.training.CheckpointNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The run that a recorded callback saw: its model has one weight, whose value is the number of the epoch. */
final class RecordedTraining implements Training {
    int epoch;
    long iterations;
    float learningRate = 0.01f;
    boolean stopping;
    List<WeightArray> weights = List.of();
    String modelJson;
    Map<String, Direction> metricDirections = Map.of();
    private Integer restoredEpoch;

    private record EpochSnapshot(int epoch) implements WeightsSnapshot {
        @Override
        public String encode() {
            return Integer.toString(epoch);
        }

        @Override
        public void close() {}
    }

    /** The epoch whose weights the model has. */
    double weightsEpoch() {
        return restoredEpoch == null ? epoch : restoredEpoch;
    }

    @Override
    public int epochs() {
        return 1;
    }

    @Override
    public long steps() {
        return 1;
    }

    @Override
    public long stepsDone() {
        return 0;
    }

    @Override
    public long samplesDone() {
        return 0;
    }

    @Override
    public long iterations() {
        return iterations;
    }

    @Override
    public double learningRate() {
        return learningRate;
    }

    @Override
    public void setLearningRate(double newLearningRate) {
        learningRate = (float) newLearningRate;
    }

    @Override
    public void stopTraining() {
        stopping = true;
    }

    @Override
    public boolean isStopping() {
        return stopping;
    }

    @Override
    public void requestCheckpoint(CheckpointNames names) {
        throw new UnsupportedOperationException("requestCheckpoint");
    }

    @Override
    public boolean isInterrupted() {
        return false;
    }

    @Override
    public Map<String, Direction> metricDirections() {
        return metricDirections;
    }

    @Override
    public String modelName() {
        return "sequential";
    }

    @Override
    public List<WeightArray> weights() {
        return weights;
    }

    @Override
    public WeightsSnapshot snapshotWeights() {
        return new EpochSnapshot(epoch);
    }

    @Override
    public void restoreWeights(WeightsSnapshot snapshot) {
        restoredEpoch = ((EpochSnapshot) snapshot).epoch();
    }

    @Override
    public WeightsSnapshot decodeWeights(String encoded) {
        return new EpochSnapshot(Integer.parseInt(encoded));
    }

    @Override
    public void saveWeights(FileStore files, String path) {
        if (path.endsWith(".h5")) {
            saveModel(files, path);
            return;
        }
        ParameterLayout layout = new ParameterLayout(
                List.of(new ParameterSpec("dense/kernel", "layer_with_weights-0/kernel", List.of(1), new Zeros(), 0)),
                ParameterLayout.ALIGNMENT_FLOATS);
        try (NativeFloats values = NativeFloats.allocate(ParameterLayout.ALIGNMENT_FLOATS)) {
            WeightsCheckpoint.write(files, path, layout, values);
        }
    }

    /** One file, as HDF5 and .keras files are. */
    @Override
    public void saveModel(FileStore files, String path) {
        try (FileStore.Output output = files.create(path)) {
            output.write(epoch);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<String> modelJson() {
        return Optional.ofNullable(modelJson);
    }
}
