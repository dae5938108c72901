package io.covey.spark.job;

import io.covey.spark.job.JobConfig.Fit;
import io.covey.trainer.api.KerasModel;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.Semantics;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.training.ValidationFreq;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The sections {@code compile} and {@code fit}, with the names and defaults of Keras' methods. */
final class TrainingSchema {
    private static final long SEED_DEFAULT = 42;
    private static final String COMPILED = "a model is always compiled";

    private static final NamedType OPTIMIZERS = new NamedType("optimizer", Set.of(), Set.of(), Optimizers::of);
    private static final NamedType LOSSES = new NamedType("loss", Set.of(), Set.of(), Losses::of);
    private static final NamedType METRIC = new NamedType("metric", Set.of(), Set.of(), Metrics::of);
    private static final ListType<List<Named>> METRIC_LIST =
            new ListType<>(new OneOrMany<>(new ListType<>(METRIC, 0, "[accuracy]")), 0, "[accuracy]");

    private static final Key<CompileConfig, Named> OPTIMIZER = Key.optional(
            "optimizer",
            OPTIMIZERS,
            CompileConfig::optimizer,
            new Named(KerasModel.OPTIMIZER_DEFAULT, Map.of()),
            "any of Keras' optimizers with its arguments");
    private static final Key<CompileConfig, List<Named>> LOSS = Key.required(
            "loss",
            new OneOrMany<>(new ListType<>(LOSSES, 1, "[mse, mae]")),
            CompileConfig::losses,
            "any of Keras' losses with its arguments; a list with one for each output");
    private static final Key<CompileConfig, List<Double>> LOSS_WEIGHTS = Key.optional(
            "loss_weights",
            new ListType<>(ScalarTypes.POSITIVE_NUMBER, 0, "[1.0, 0.3]"),
            CompileConfig::lossWeights,
            List.of(),
            "factors of the outputs' losses in the sum");
    private static final Key<CompileConfig, List<List<Named>>> METRICS = Key.optional(
            "metrics",
            METRIC_LIST,
            CompileConfig::metrics,
            List.of(),
            "any of Keras' metrics with its arguments; with several outputs one element, or a list, for each");
    private static final Key<CompileConfig, List<List<Named>>> WEIGHTED_METRICS = Key.optional(
            "weighted_metrics",
            METRIC_LIST,
            CompileConfig::weightedMetrics,
            List.of(),
            "as `metrics`, with class weights and sample weights");

    static final Section<CompileConfig> COMPILE = new Section<>(
            v -> new CompileConfig(
                    v.get(OPTIMIZER), v.get(LOSS), v.get(LOSS_WEIGHTS), v.get(METRICS), v.get(WEIGHTED_METRICS)),
            List.of(OPTIMIZER, LOSS, LOSS_WEIGHTS, METRICS, WEIGHTED_METRICS),
            Map.of(
                    "jit_compile",
                    COMPILED,
                    "run_eagerly",
                    COMPILED,
                    "steps_per_execution",
                    "an execution runs as many steps as no callback must see",
                    "auto_scale_loss",
                    "gradients are float32, their losses need no scale"));

    private static final NamedType CALLBACK =
            new NamedType("callback", Set.of(), Set.of("filename", "filepath", "log_dir", "backup_dir"), Callbacks::of);

    private static final Key<Fit, Integer> EPOCHS = Key.required(
                    "epochs", ScalarTypes.integer(1), Fit::epochs, "passes over the training data")
            .changeable();
    private static final Key<Fit, Integer> BATCH_SIZE = Key.optional(
            "batch_size", ScalarTypes.integer(1), Fit::batchSize, 32, "samples per step, over all workers");
    private static final Key<Fit, Boolean> SHUFFLE = Key.optional(
            "shuffle",
            ScalarTypes.BOOLEAN,
            Fit::shuffle,
            true,
            "whether the training data are trained in random order");
    private static final Key<Fit, Long> SEED = Key.optional(
            "seed", ScalarTypes.SEED, Fit::seed, SEED_DEFAULT, "of first weights and order; same seed, same bits");
    private static final Key<Fit, Integer> INITIAL_EPOCH = Key.optional(
                    "initial_epoch", ScalarTypes.integer(0), Fit::initialEpoch, 0, "number of the first epoch, from 0")
            .later();
    private static final Key<Fit, Integer> STEPS_PER_EPOCH = Key.optional(
                    "steps_per_epoch",
                    ScalarTypes.integer(0),
                    Fit::stepsPerEpoch,
                    0,
                    "batches in an epoch, the next one goes on from there; 0: a pass over the data")
            .later();
    private static final Key<Fit, Semantics> SEMANTICS = Key.optional(
                    "semantics",
                    ScalarTypes.constant(Semantics.class),
                    Fit::semantics,
                    Semantics.KERAS3,
                    "which Keras fit is like: with keras2 an epoch of `steps_per_epoch` goes on in the next pass over the data, "
                            + "`validation_steps` beyond the data end the validations, and logs have the losses first")
            .later();
    private static final Key<Fit, Double> VALIDATION_SPLIT = Key.optional(
                    "validation_split",
                    ScalarTypes.SHARE,
                    Fit::validationSplit,
                    0.0,
                    "share of the training data, the last ones before shuffling, to validate on instead")
            .later();
    private static final Key<Fit, Integer> VALIDATION_BATCH_SIZE = Key.derived(
                    "validation_batch_size",
                    ScalarTypes.integer(1),
                    Fit::validationBatchSize,
                    "`fit.batch_size`",
                    "samples in a batch of the validation")
            .changeable();
    private static final Key<Fit, Integer> VALIDATION_STEPS = Key.optional(
                    "validation_steps",
                    ScalarTypes.integer(0),
                    Fit::validationSteps,
                    0,
                    "batches in a validation, the first ones, all if there are less; 0: all")
            .changeable();
    private static final Key<Fit, ValidationFreq> VALIDATION_FREQ = Key.optional(
                    "validation_freq",
                    new ValidationFreqType(),
                    Fit::validationFreq,
                    ValidationFreq.DEFAULT,
                    "validation follows every n-th epoch, or those of a list, counted from 1")
            .changeable();
    private static final Key<Fit, Map<Integer, Float>> CLASS_WEIGHT = Key.optional(
            "class_weight",
            new ClassWeightType(),
            Fit::classWeight,
            new TreeMap<>(),
            "factors of the samples' losses by class, as {0: 1.0, 1: 5.0}");
    private static final Key<Fit, List<Named>> CALLBACKS = Key.optional(
                    "callbacks",
                    new ListType<>(CALLBACK, 0, "[csv_logger: {filename: log.csv}]"),
                    Fit::callbacks,
                    List.of(),
                    "any of Keras' callbacks with its arguments, called while training, in this order")
            .changeable();

    static final Section<Fit> FIT = new Section<>(
            v -> new Fit(
                    v.get(EPOCHS),
                    v.get(BATCH_SIZE),
                    v.get(SHUFFLE),
                    v.get(SEED),
                    v.get(INITIAL_EPOCH),
                    v.get(STEPS_PER_EPOCH),
                    v.get(SEMANTICS),
                    v.get(VALIDATION_SPLIT),
                    v.get(VALIDATION_BATCH_SIZE, v.get(BATCH_SIZE)),
                    v.get(VALIDATION_STEPS),
                    v.get(VALIDATION_FREQ),
                    v.get(CLASS_WEIGHT),
                    v.get(CALLBACKS)),
            List.of(
                    EPOCHS,
                    BATCH_SIZE,
                    SHUFFLE,
                    SEED,
                    INITIAL_EPOCH,
                    STEPS_PER_EPOCH,
                    SEMANTICS,
                    VALIDATION_SPLIT,
                    VALIDATION_BATCH_SIZE,
                    VALIDATION_STEPS,
                    VALIDATION_FREQ,
                    CLASS_WEIGHT,
                    CALLBACKS),
            Map.of(
                    "x", "data.train names the samples",
                    "y", "data.train.labels names them",
                    "sample_weight", "data.train.sample_weight names the file of the weights",
                    "validation_data", "data.validation names them",
                    "verbose", "covey train prints progress, with -q it does not"));

    private TrainingSchema() {}
}
