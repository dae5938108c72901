package io.covey.trainer.metrics;

import io.covey.trainer.config.Arguments;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import static io.covey.trainer.config.Arguments.defaults;

/** Keras' metrics: names, arguments with defaults, and what computes them. */
@SuppressWarnings("ImmutableEnumChecker") // lists and maps are unmodifiable, factories have no state
enum MetricType {
    ACCURACY("Accuracy", "", defaults(), MetricFactory.dense(a -> AccuracyValues::equality)),
    BINARY_ACCURACY(
            "BinaryAccuracy",
            "",
            defaults("threshold", 0.5),
            MetricFactory.dense(a -> AccuracyValues.binary((float) a.real("threshold")))),
    CATEGORICAL_ACCURACY("CategoricalAccuracy", "", defaults(), MetricFactory.dense(a -> AccuracyValues::categorical)),
    SPARSE_CATEGORICAL_ACCURACY(
            "SparseCategoricalAccuracy", "", defaults(), MetricFactory.sparse(a -> AccuracyValues::sparseCategorical)),
    TOP_K_CATEGORICAL_ACCURACY(
            "TopKCategoricalAccuracy",
            "",
            defaults("k", 5),
            MetricFactory.dense(a -> AccuracyValues.topK(a.atLeast("k", 1)))),
    SPARSE_TOP_K_CATEGORICAL_ACCURACY(
            "SparseTopKCategoricalAccuracy",
            "",
            defaults("k", 5, "from_sorted_ids", false),
            MetricFactory.sparse(a -> a.flag("from_sorted_ids")
                    ? AccuracyValues.sparseTopKOfSortedIds(a.atLeast("k", 1))
                    : AccuracyValues.sparseTopK(a.atLeast("k", 1)))),
    MEAN_SQUARED_ERROR("MeanSquaredError", "mse", defaults(), MetricFactory.ofLoss("mean_squared_error")),
    ROOT_MEAN_SQUARED_ERROR("RootMeanSquaredError", "", defaults(), MetricFactory.ofRootOfLoss("mean_squared_error")),
    MEAN_ABSOLUTE_ERROR("MeanAbsoluteError", "mae", defaults(), MetricFactory.ofLoss("mean_absolute_error")),
    MEAN_ABSOLUTE_PERCENTAGE_ERROR(
            "MeanAbsolutePercentageError", "mape", defaults(), MetricFactory.ofLoss("mean_absolute_percentage_error")),
    MEAN_SQUARED_LOGARITHMIC_ERROR(
            "MeanSquaredLogarithmicError", "msle", defaults(), MetricFactory.ofLoss("mean_squared_logarithmic_error")),
    COSINE_SIMILARITY("CosineSimilarity", "", defaults("axis", -1), MetricFactory.ofCosine()),
    LOG_COSH_ERROR("LogCoshError", "", defaults(), MetricFactory.ofLoss("log_cosh")),
    HINGE("Hinge", "", defaults(), MetricFactory.ofLoss("hinge")),
    SQUARED_HINGE("SquaredHinge", "", defaults(), MetricFactory.ofLoss("squared_hinge")),
    CATEGORICAL_HINGE("CategoricalHinge", "", defaults(), MetricFactory.ofLoss("categorical_hinge")),
    KL_DIVERGENCE("KLDivergence", "", defaults(), MetricFactory.ofLoss("kl_divergence")),
    POISSON("Poisson", "", defaults(), MetricFactory.ofLoss("poisson")),
    BINARY_CROSSENTROPY(
            "BinaryCrossentropy",
            "bce",
            defaults("from_logits", false, "label_smoothing", 0.0),
            MetricFactory.ofLoss("binary_crossentropy")),
    CATEGORICAL_CROSSENTROPY(
            "CategoricalCrossentropy",
            "",
            defaults("from_logits", false, "label_smoothing", 0.0, "axis", -1),
            MetricFactory.ofLoss("categorical_crossentropy")),
    SPARSE_CATEGORICAL_CROSSENTROPY(
            "SparseCategoricalCrossentropy",
            "",
            defaults("from_logits", false, "ignore_class", null, "axis", -1),
            MetricFactory.ofLoss("sparse_categorical_crossentropy")),
    PEARSON_CORRELATION(
            "PearsonCorrelation", "", defaults("axis", -1), MetricFactory.overAxis(CorrelationValues::pearson)),
    CONCORDANCE_CORRELATION(
            "ConcordanceCorrelation", "", defaults("axis", -1), MetricFactory.overAxis(CorrelationValues::concordance)),
    R2_SCORE(
            "R2Score", "", defaults("class_aggregation", "uniform_average", "num_regressors", 0), MetricFactory.ofR2()),
    AUC(
            "AUC",
            "",
            defaults(
                    "num_thresholds",
                    200,
                    "curve",
                    "ROC",
                    "summation_method",
                    "interpolation",
                    "thresholds",
                    null,
                    "multi_label",
                    false,
                    "num_labels",
                    null,
                    "label_weights",
                    null,
                    "from_logits",
                    false),
            ConfusionFactory.auc()),
    PRECISION(
            "Precision",
            "",
            defaults("thresholds", null, "top_k", null, "class_id", null),
            ConfusionFactory.atThresholds(Confusion::precision)),
    RECALL(
            "Recall",
            "",
            defaults("thresholds", null, "top_k", null, "class_id", null),
            ConfusionFactory.atThresholds(Confusion::recall)),
    TRUE_POSITIVES(
            "TruePositives", "", defaults("thresholds", null), ConfusionFactory.atThresholds(Confusion::truePositives)),
    TRUE_NEGATIVES(
            "TrueNegatives", "", defaults("thresholds", null), ConfusionFactory.atThresholds(Confusion::trueNegatives)),
    FALSE_POSITIVES(
            "FalsePositives",
            "",
            defaults("thresholds", null),
            ConfusionFactory.atThresholds(Confusion::falsePositives)),
    FALSE_NEGATIVES(
            "FalseNegatives",
            "",
            defaults("thresholds", null),
            ConfusionFactory.atThresholds(Confusion::falseNegatives)),
    SENSITIVITY_AT_SPECIFICITY(
            "SensitivityAtSpecificity",
            "",
            defaults("specificity", null, "num_thresholds", 200, "class_id", null),
            ConfusionFactory.best("specificity", Confusion::specificity, Confusion::recall)),
    SPECIFICITY_AT_SENSITIVITY(
            "SpecificityAtSensitivity",
            "",
            defaults("sensitivity", null, "num_thresholds", 200, "class_id", null),
            ConfusionFactory.best("sensitivity", Confusion::recall, Confusion::specificity)),
    PRECISION_AT_RECALL(
            "PrecisionAtRecall",
            "",
            defaults("recall", null, "num_thresholds", 200, "class_id", null),
            ConfusionFactory.best("recall", Confusion::recall, Confusion::precision)),
    RECALL_AT_PRECISION(
            "RecallAtPrecision",
            "",
            defaults("precision", null, "num_thresholds", 200, "class_id", null),
            ConfusionFactory.best("precision", Confusion::precision, Confusion::recall)),
    F1_SCORE("F1Score", "", defaults("average", null, "threshold", null), MetricFactory.ofFBeta()),
    F_BETA_SCORE("FBetaScore", "", defaults("average", null, "beta", 1.0, "threshold", null), MetricFactory.ofFBeta()),
    IO_U(
            "IoU",
            "",
            defaults(
                    "num_classes",
                    null,
                    "target_class_ids",
                    null,
                    "ignore_class",
                    null,
                    "sparse_y_true",
                    true,
                    "sparse_y_pred",
                    true,
                    "axis",
                    -1),
            IoUFactory.classes()),
    MEAN_IO_U(
            "MeanIoU",
            "",
            defaults(
                    "num_classes",
                    null,
                    "ignore_class",
                    null,
                    "sparse_y_true",
                    true,
                    "sparse_y_pred",
                    true,
                    "axis",
                    -1),
            IoUFactory.classes()),
    ONE_HOT_IO_U(
            "OneHotIoU",
            "",
            defaults(
                    "num_classes",
                    null,
                    "target_class_ids",
                    null,
                    "ignore_class",
                    null,
                    "sparse_y_pred",
                    false,
                    "axis",
                    -1),
            IoUFactory.classes()),
    ONE_HOT_MEAN_IO_U(
            "OneHotMeanIoU",
            "",
            defaults("num_classes", null, "ignore_class", null, "sparse_y_pred", false, "axis", -1),
            IoUFactory.classes()),
    BINARY_IO_U("BinaryIoU", "", defaults("target_class_ids", List.of(0, 1), "threshold", 0.5), IoUFactory.binary()),
    MEAN("Mean", "", defaults(), MetricFactory.ofPredictions()),
    SUM("Sum", "", defaults(), MetricFactory.ofSum());

    private final String className;
    private final String alias;
    private final Map<String, Object> defaults;
    private final MetricFactory factory;

    /** @param alias lower-case short name, or empty */
    MetricType(String className, String alias, Map<String, Object> defaults, MetricFactory factory) {
        this.className = className;
        this.alias = alias;
        this.defaults = defaults;
        this.factory = factory;
    }

    String className() {
        return className;
    }

    /** Keras' snake-case form of the class name. */
    String kerasName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name of an object of the class that was given none. */
    String defaultName() {
        return switch (this) {
            case LOG_COSH_ERROR -> "logcosh";
            case F_BETA_SCORE -> "fbeta_score";
            default -> kerasName();
        };
    }

    Direction direction() {
        return switch (this) {
            case TRUE_POSITIVES, TRUE_NEGATIVES, FALSE_POSITIVES, FALSE_NEGATIVES, MEAN, SUM -> Direction.NONE;
            case MEAN_SQUARED_ERROR,
                    ROOT_MEAN_SQUARED_ERROR,
                    MEAN_ABSOLUTE_ERROR,
                    MEAN_ABSOLUTE_PERCENTAGE_ERROR,
                    MEAN_SQUARED_LOGARITHMIC_ERROR,
                    LOG_COSH_ERROR,
                    HINGE,
                    SQUARED_HINGE,
                    CATEGORICAL_HINGE,
                    KL_DIVERGENCE,
                    POISSON,
                    BINARY_CROSSENTROPY,
                    CATEGORICAL_CROSSENTROPY,
                    SPARSE_CATEGORICAL_CROSSENTROPY -> Direction.DOWN;
            default -> Direction.UP;
        };
    }

    Optional<String> alias() {
        return alias.isEmpty() ? Optional.empty() : Optional.of(alias);
    }

    Map<String, Object> arguments() {
        return defaults;
    }

    MetricFunction newFunction(String owner, Arguments arguments, int[] trueShape, int[] predShape, int maxRows) {
        return factory.make(owner, arguments, trueShape, predShape, maxRows);
    }
}
