package io.covey.trainer.losses;

import io.covey.trainer.config.DeclaredArguments;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import static io.covey.trainer.config.DeclaredArguments.defaults;

/** Keras' losses: names, arguments with defaults, and what computes them. */
@SuppressWarnings("ImmutableEnumChecker") // lists and maps are unmodifiable, functions have no state
enum LossType {
    MEAN_SQUARED_ERROR("MeanSquaredError", List.of("mse"), element(RegressionElement.SQUARED)),
    MEAN_ABSOLUTE_ERROR("MeanAbsoluteError", List.of("mae"), element(RegressionElement.ABSOLUTE)),
    MEAN_ABSOLUTE_PERCENTAGE_ERROR(
            "MeanAbsolutePercentageError", List.of("mape"), element(RegressionElement.ABSOLUTE_PERCENTAGE)),
    MEAN_SQUARED_LOGARITHMIC_ERROR(
            "MeanSquaredLogarithmicError", List.of("msle"), element(RegressionElement.SQUARED_LOGARITHMIC)),
    LOG_COSH("LogCosh", List.of("logcosh"), element(RegressionElement.LOG_COSH)),
    POISSON("Poisson", List.of(), element(RegressionElement.POISSON)),
    HUBER(
            "Huber",
            List.of(),
            defaults("delta", 1.0),
            arguments -> new ElementwiseLoss(new HuberElement((float) arguments.number("delta")))),
    HINGE("Hinge", List.of(), arguments -> new HingeLoss(false)),
    SQUARED_HINGE("SquaredHinge", List.of(), arguments -> new HingeLoss(true)),
    CATEGORICAL_HINGE("CategoricalHinge", List.of(), arguments -> new CategoricalHingeLoss()),
    KL_DIVERGENCE("KLDivergence", List.of("kld", "kullback_leibler_divergence"), arguments -> new KlDivergenceLoss()),
    COSINE_SIMILARITY("CosineSimilarity", List.of(), defaults("axis", -1), arguments -> new CosineSimilarityLoss()),
    BINARY_CROSSENTROPY(
            "BinaryCrossentropy",
            List.of("bce"),
            defaults("from_logits", false, "label_smoothing", 0.0, "axis", -1),
            arguments -> {
                float smoothing = smoothing(arguments);
                return new ElementwiseLoss(
                        arguments.flag("from_logits")
                                ? new BinaryLogitsElement(smoothing)
                                : new BinaryCrossentropyElement(smoothing));
            }),
    BINARY_FOCAL_CROSSENTROPY(
            "BinaryFocalCrossentropy",
            List.of(),
            defaults(
                    "from_logits",
                    false,
                    "label_smoothing",
                    0.0,
                    "axis",
                    -1,
                    "apply_class_balancing",
                    false,
                    "alpha",
                    0.25,
                    "gamma",
                    2.0),
            arguments -> new ElementwiseLoss(new BinaryFocalElement(
                    arguments.flag("apply_class_balancing") ? arguments.number("alpha") : Double.NaN,
                    arguments.number("gamma"),
                    arguments.flag("from_logits"),
                    smoothing(arguments)))),
    CATEGORICAL_CROSSENTROPY(
            "CategoricalCrossentropy",
            List.of(),
            defaults("from_logits", false, "label_smoothing", 0.0, "axis", -1),
            arguments -> arguments.flag("from_logits")
                    ? new CategoricalLogitsLoss(smoothing(arguments))
                    : new CategoricalLoss(smoothing(arguments))),
    CATEGORICAL_FOCAL_CROSSENTROPY(
            "CategoricalFocalCrossentropy",
            List.of(),
            defaults("from_logits", false, "label_smoothing", 0.0, "axis", -1, "alpha", 0.25, "gamma", 2.0),
            arguments -> new CategoricalFocalLoss(
                    arguments.number("alpha"),
                    arguments.number("gamma"),
                    arguments.flag("from_logits"),
                    smoothing(arguments))),
    SPARSE_CATEGORICAL_CROSSENTROPY(
            "SparseCategoricalCrossentropy",
            List.of(),
            defaults("from_logits", false, "ignore_class", null, "axis", -1),
            arguments -> {
                PositionLoss loss = arguments.flag("from_logits") ? new SparseLogitsLoss() : new SparseLoss();
                return arguments.optionalInteger("ignore_class").isPresent()
                        ? new IgnoreClass(loss, arguments.integer("ignore_class"))
                        : loss;
            }),
    CATEGORICAL_GENERALIZED_CROSS_ENTROPY(
            "CategoricalGeneralizedCrossEntropy",
            List.of(),
            defaults("q", 0.5),
            arguments -> new GeneralizedCrossentropyLoss(arguments.number("q", Double.MIN_VALUE, Math.nextDown(1.0))));

    private final String className;
    private final List<String> aliases;
    private final Map<String, Object> defaults;
    private final Function<DeclaredArguments, LossFunction> functions;

    LossType(String className, List<String> aliases, Function<DeclaredArguments, LossFunction> functions) {
        this(className, aliases, defaults(), functions);
    }

    LossType(
            String className,
            List<String> aliases,
            Map<String, Object> defaults,
            Function<DeclaredArguments, LossFunction> functions) {
        this.className = className;
        this.aliases = aliases;
        this.defaults = defaults;
        this.functions = functions;
    }

    /** The name of Keras' function, for example {@code huber}. */
    String kerasName() {
        return name().toLowerCase(Locale.ROOT);
    }

    String className() {
        return className;
    }

    /** The name of an object of the class that was given none. */
    String defaultName() {
        return this == HUBER ? "huber_loss" : kerasName();
    }

    /** Lower-case short names. */
    List<String> aliases() {
        return aliases;
    }

    Map<String, Object> arguments() {
        return defaults;
    }

    /** Whether targets are integer labels, one per position. */
    boolean isSparse() {
        return this == SPARSE_CATEGORICAL_CROSSENTROPY || this == CATEGORICAL_GENERALIZED_CROSS_ENTROPY;
    }

    LossFunction newFunction(DeclaredArguments arguments) {
        if (defaults.containsKey("axis") && arguments.integer("axis") != -1) {
            throw arguments.wrong("axis", "-1, the last axis, the only one that this loss can take");
        }
        return functions.apply(arguments);
    }

    private static Function<DeclaredArguments, LossFunction> element(ElementLoss element) {
        return arguments -> new ElementwiseLoss(element);
    }

    private static float smoothing(DeclaredArguments arguments) {
        return (float) arguments.number("label_smoothing", 0, 1);
    }
}
