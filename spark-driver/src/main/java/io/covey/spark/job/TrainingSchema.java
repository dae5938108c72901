package io.covey.spark.job;

import io.covey.spark.job.JobConfig.Compile;
import io.covey.spark.job.JobConfig.Fit;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.training.Loss;
import java.util.List;

/** The sections {@code compile} and {@code fit}, with the names and defaults of Keras' methods. */
final class TrainingSchema {
    private static final long SEED_DEFAULT = 42;

    private static final Key<Optimizer, Double> LEARNING_RATE = Key.optional(
            "learning_rate",
            ScalarTypes.POSITIVE_NUMBER,
            Optimizer::learningRate,
            Sgd.LEARNING_RATE_DEFAULT,
            "factor on the gradient");
    private static final Variant<Optimizer> OPTIMIZERS = new Variant<>(
            "optimizer",
            Optimizer::name,
            List.of(new Variant.Kind<>(
                    "sgd",
                    new Section<>(v -> new Sgd(v.get(LEARNING_RATE)), List.of(LEARNING_RATE)),
                    "w -= learning_rate * gradient")));

    private static final Key<Compile, Optimizer> OPTIMIZER =
            Key.required("optimizer", OPTIMIZERS, Compile::optimizer, "how weights follow gradients");
    private static final Key<Compile, Loss> LOSS =
            Key.required("loss", ScalarTypes.constant(Loss.class), Compile::loss, "what is minimized");
    private static final Key<Compile, List<String>> METRICS = Key.optional(
            "metrics",
            new ListType<>(ScalarTypes.choice("accuracy", name -> name, name -> name, "accuracy"), 0, "[accuracy]"),
            Compile::metrics,
            List.of(),
            "reported beside the loss");

    static final Section<Compile> COMPILE = new Section<>(
            v -> new Compile(v.get(OPTIMIZER), v.get(LOSS), v.get(METRICS)), List.of(OPTIMIZER, LOSS, METRICS));

    private static final Key<CallbackConfig, String> FILENAME =
            Key.required("filename", new PathType(), c -> ((CallbackConfig.CsvLogger) c).filename(), "file to write");
    private static final Key<CallbackConfig, Character> SEPARATOR = Key.optional(
            "separator",
            ScalarTypes.CHARACTER,
            c -> ((CallbackConfig.CsvLogger) c).separator(),
            ',',
            "between the columns");
    private static final Key<CallbackConfig, Boolean> APPEND = Key.optional(
            "append",
            ScalarTypes.BOOLEAN,
            c -> ((CallbackConfig.CsvLogger) c).append(),
            false,
            "whether an existing file is continued");
    private static final Variant<CallbackConfig> CALLBACK = new Variant<>(
            "callback",
            c -> "csv_logger",
            List.of(new Variant.Kind<>(
                    "csv_logger",
                    new Section<>(
                            v -> new CallbackConfig.CsvLogger(v.get(FILENAME), v.get(SEPARATOR), v.get(APPEND)),
                            List.of(FILENAME, SEPARATOR, APPEND)),
                    "writes the metrics of each epoch to a CSV file")));

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
    private static final Key<Fit, List<CallbackConfig>> CALLBACKS = Key.optional(
                    "callbacks",
                    new ListType<>(CALLBACK, 0, "[csv_logger: {filename: log.csv}]"),
                    Fit::callbacks,
                    List.of(),
                    "called while training, in this order")
            .changeable();

    static final Section<Fit> FIT = new Section<>(
            v -> new Fit(v.get(EPOCHS), v.get(BATCH_SIZE), v.get(SHUFFLE), v.get(SEED), v.get(CALLBACKS)),
            List.of(EPOCHS, BATCH_SIZE, SHUFFLE, SEED, CALLBACKS));

    private TrainingSchema() {}
}
