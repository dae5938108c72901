package io.covey.trainer.callbacks;

import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.keras.WeightArray;
import io.covey.trainer.metrics.Direction;
import io.covey.trainer.training.CheckpointNames;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a callback can see and change of the run that it belongs to: Keras' {@code self.model} and {@code self.params}. Used by
 * the thread that runs {@code fit}, within a hook.
 */
public interface Training {
    /** Number of epochs asked for. */
    int epochs();

    /** Steps per epoch. */
    long steps();

    /** Steps of the current epoch that are done. */
    long stepsDone();

    /** Training samples of the current epoch that are done. */
    long samplesDone();

    /** Steps done in all epochs: Keras' {@code optimizer.iterations}. */
    long iterations();

    /** The learning rate as a float32, which is what Keras keeps. */
    double learningRate();

    /**
     * Takes effect at the next epoch, in every process; from {@link Callback#onEpochBegin} for the epoch that begins.
     *
     * @throws io.covey.trainer.CoveyException a caller's error when negative or not finite
     */
    void setLearningRate(double learningRate);

    /**
     * Ends training after this epoch, as Keras' {@code model.stop_training = True}. From a hook of a batch it ends the epoch
     * at the next step boundary; validation and {@link Callback#onEpochEnd} follow.
     */
    void stopTraining();

    /** Whether {@link #stopTraining} was called. */
    boolean isStopping();

    /**
     * Has a checkpoint written when the hooks of this moment have been called: at once from {@link Callback#onEpochEnd}, at the
     * next step boundary from a hook of a training batch. Training goes on when it is committed.
     *
     * @param names where it goes, and who hears that it is good
     */
    void requestCheckpoint(CheckpointNames names);

    /** Whether a request from outside ends the run before its time, so that it can be resumed. */
    boolean isInterrupted();

    /** Which results are better, by the own names of the metrics that the model was compiled with. */
    Map<String, Direction> metricDirections();

    /** The model's name, with which the paths of a Sequential's weights begin. */
    String modelName();

    /** The weights as they are now, in Keras' {@code model.weights} order: a copy. */
    List<WeightArray> weights();

    /** Remembers the weights as they are now; close the snapshot when it is no longer needed. */
    WeightsSnapshot snapshotWeights();

    /** Puts back the weights of a snapshot, which stays usable. */
    void restoreWeights(WeightsSnapshot snapshot);

    /** The snapshot that gave this text, see {@link WeightsSnapshot#encode}. */
    WeightsSnapshot decodeWeights(String encoded);

    /**
     * Keras' {@code model.save_weights}: a TensorFlow checkpoint, or Keras 3's format if {@code path} ends in
     * {@code .weights.h5}. The file is complete when this returns.
     *
     * @throws io.covey.trainer.CoveyException a caller's error for another format, a failure when it cannot be written
     */
    void saveWeights(FileStore files, String path);

    /**
     * Keras' {@code model.save}: architecture, weights, how the model is compiled and what its optimizer remembers, in the format that
     * the name's ending says: {@code .keras} or {@code .h5}.
     *
     * @throws io.covey.trainer.CoveyException a caller's error for a format that is not known, a failure when it cannot be
     *     written
     */
    void saveModel(FileStore files, String path);

    /** Keras' {@code model.to_json()}; empty if this run cannot give it. */
    Optional<String> modelJson();
}
