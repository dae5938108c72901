package io.covey.trainer.api;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Semantics;
import io.covey.trainer.training.TrainingCluster;
import io.covey.trainer.training.ValidationFreq;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The optional arguments of {@link KerasModel#fit}, with Keras' names and defaults: {@code fit().epochs(50).batchSize(32)}.
 * Setters change this object and return it.
 */
public final class FitArguments {
    /** Keras' default. */
    public static final int BATCH_SIZE_DEFAULT = 32;

    private int batchSize = BATCH_SIZE_DEFAULT;
    private int epochs = 1;
    private int verbose = 1;
    private List<Callback> callbacks = List.of();
    private double validationSplit;
    private Dataset validationData;
    private boolean shuffle = true;
    private Map<Integer, Float> classWeight = Map.of();
    private int initialEpoch;
    private int stepsPerEpoch;
    private Semantics semantics = Semantics.KERAS3;
    private int validationSteps;
    private int validationBatchSize;
    private ValidationFreq validationFreq = ValidationFreq.DEFAULT;
    private boolean failOnNonFiniteLoss = true;
    private int threads = Runtime.getRuntime().availableProcessors();
    private TrainingCluster cluster;

    private FitArguments() {}

    /** Keras' defaults. */
    public static FitArguments fit() {
        return new FitArguments();
    }

    /** Samples per step, over all workers. */
    public FitArguments batchSize(int newBatchSize) {
        batchSize = atLeast("batch_size", newBatchSize, 1);
        return this;
    }

    /** Number after the last epoch. */
    public FitArguments epochs(int newEpochs) {
        epochs = atLeast("epochs", newEpochs, 1);
        return this;
    }

    /** What is printed: 0 nothing, 1 a bar, 2 a line per epoch. */
    public FitArguments verbose(int newVerbose) {
        verbose = atLeast("verbose", newVerbose, 0);
        return this;
    }

    /** Called in this order. */
    public FitArguments callbacks(Callback... newCallbacks) {
        callbacks = List.of(newCallbacks);
        return this;
    }

    /** This share of the samples, the last ones, is left out of training and evaluated; ignored beside validation data. */
    public FitArguments validationSplit(double newValidationSplit) {
        if (!(newValidationSplit >= 0 && newValidationSplit < 1)) {
            throw CoveyException.caller("validation_split is " + newValidationSplit + ", it must be in [0, 1)");
        }
        validationSplit = newValidationSplit;
        return this;
    }

    /** Evaluated after epochs. */
    public FitArguments validationData(Dataset newValidationData) {
        validationData = newValidationData;
        return this;
    }

    /** Whether each epoch takes the samples in a random order of its own. */
    public FitArguments shuffle(boolean newShuffle) {
        shuffle = newShuffle;
        return this;
    }

    /** Factors of the samples' losses by class, in training only. */
    public FitArguments classWeight(Map<Integer, Float> newClassWeight) {
        classWeight = new TreeMap<>(newClassWeight);
        return this;
    }

    /** Number of the first epoch, from 0, in logs and callbacks. */
    public FitArguments initialEpoch(int newInitialEpoch) {
        initialEpoch = atLeast("initial_epoch", newInitialEpoch, 0);
        return this;
    }

    /**
     * Batches in an epoch; 0 for all. The next epoch goes on where one ends, and the last one of a pass is cut short: with
     * {@link Semantics#KERAS2} it goes on in the next pass.
     */
    public FitArguments stepsPerEpoch(int newStepsPerEpoch) {
        stepsPerEpoch = atLeast("steps_per_epoch", newStepsPerEpoch, 0);
        return this;
    }

    /**
     * Which Keras {@link #stepsPerEpoch} and {@link #validationSteps} beyond the data are like, the order of the logs, and the
     * progress bar.
     */
    public FitArguments semantics(Semantics newSemantics) {
        semantics = newSemantics;
        return this;
    }

    /**
     * Batches in a validation; 0 for all. Of more than there are those that there are: with {@link Semantics#KERAS2} once, and none
     * after later epochs.
     */
    public FitArguments validationSteps(int newValidationSteps) {
        validationSteps = atLeast("validation_steps", newValidationSteps, 0);
        return this;
    }

    /** Samples in a batch of the validation; 0 for {@link #batchSize}. */
    public FitArguments validationBatchSize(int newValidationBatchSize) {
        validationBatchSize = atLeast("validation_batch_size", newValidationBatchSize, 0);
        return this;
    }

    /** Validation follows every n-th epoch. */
    public FitArguments validationFreq(int newValidationFreq) {
        validationFreq = ValidationFreq.every(newValidationFreq);
        return this;
    }

    /** Validation follows these epochs, counted from 1. */
    public FitArguments validationFreq(Collection<Integer> epochs) {
        validationFreq = ValidationFreq.at(epochs);
        return this;
    }

    /** Whether a loss that is NaN or infinite ends training with an error, which Keras' does not; by default it does. */
    public FitArguments failOnNonFiniteLoss(boolean newFailOnNonFiniteLoss) {
        failOnNonFiniteLoss = newFailOnNonFiniteLoss;
        return this;
    }

    /** Threads of this process, by default all processors. Their number decides the bits of the result. */
    public FitArguments threads(int newThreads) {
        threads = atLeast("threads", newThreads, 1);
        return this;
    }

    /** Trains there instead of in this process. */
    public FitArguments on(TrainingCluster newCluster) {
        cluster = newCluster;
        return this;
    }

    static int atLeast(String name, int value, int least) {
        if (value < least) {
            throw CoveyException.caller(name + " is " + value + ", it must be at least " + least);
        }
        return value;
    }

    int batchSize() {
        return batchSize;
    }

    int epochs() {
        return epochs;
    }

    int verbose() {
        return verbose;
    }

    List<Callback> callbacks() {
        return callbacks;
    }

    double validationSplit() {
        return validationSplit;
    }

    Dataset validationData() {
        return validationData;
    }

    boolean shuffle() {
        return shuffle;
    }

    Map<Integer, Float> classWeight() {
        return classWeight;
    }

    int initialEpoch() {
        return initialEpoch;
    }

    int stepsPerEpoch() {
        return stepsPerEpoch;
    }

    Semantics semantics() {
        return semantics;
    }

    int validationSteps() {
        return validationSteps;
    }

    int validationBatchSize() {
        return validationBatchSize == 0 ? batchSize : validationBatchSize;
    }

    ValidationFreq validationFreq() {
        return validationFreq;
    }

    boolean failOnNonFiniteLoss() {
        return failOnNonFiniteLoss;
    }

    int threads() {
        return threads;
    }

    TrainingCluster cluster() {
        return cluster;
    }
}
