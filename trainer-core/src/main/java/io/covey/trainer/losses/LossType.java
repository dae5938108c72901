package io.covey.trainer.losses;

import io.covey.trainer.config.Arguments;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

import static io.covey.trainer.config.Arguments.defaults;

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
            (arguments, classes) -> new ElementwiseLoss(new HuberElement((float) arguments.real("delta")))),
    HINGE("Hinge", List.of(), (arguments, classes) -> new HingeLoss(false)),
    SQUARED_HINGE("SquaredHinge", List.of(), (arguments, classes) -> new HingeLoss(true)),
    CATEGORICAL_HINGE("CategoricalHinge", List.of(), (arguments, classes) -> new CategoricalHingeLoss()),
    KL_DIVERGENCE(
            "KLDivergence",
            List.of("kld", "kullback_leibler_divergence"),
            (arguments, classes) -> new KlDivergenceLoss()),
    COSINE_SIMILARITY(
            "CosineSimilarity", List.of(), defaults("axis", -1), (arguments, classes) -> new CosineSimilarityLoss()),
    BINARY_CROSSENTROPY(
            "BinaryCrossentropy",
            List.of("bce"),
            defaults("from_logits", false, "label_smoothing", 0.0, "axis", -1),
            (arguments, classes) -> {
                LabelSmoothing smoothing = binarySmoothing(arguments);
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
            (arguments, classes) -> new ElementwiseLoss(new BinaryFocalElement(
                    arguments.flag("apply_class_balancing") ? arguments.real("alpha") : Double.NaN,
                    arguments.real("gamma"),
                    arguments.flag("from_logits"),
                    binarySmoothing(arguments)))),
    CATEGORICAL_CROSSENTROPY(
            "CategoricalCrossentropy",
            List.of(),
            defaults("from_logits", false, "label_smoothing", 0.0, "axis", -1),
            (arguments, classes) -> arguments.flag("from_logits")
                    ? new CategoricalLogitsLoss(smoothing(arguments, classes))
                    : new CategoricalLoss(smoothing(arguments, classes))),
    CATEGORICAL_FOCAL_CROSSENTROPY(
            "CategoricalFocalCrossentropy",
            List.of(),
            defaults("from_logits", false, "label_smoothing", 0.0, "axis", -1, "alpha", 0.25, "gamma", 2.0),
            (arguments, classes) -> new CategoricalFocalLoss(
                    arguments.reals("alpha"),
                    arguments.real("gamma"),
                    arguments.flag("from_logits"),
                    smoothing(arguments, classes))),
    SPARSE_CATEGORICAL_CROSSENTROPY(
            "SparseCategoricalCrossentropy",
            List.of(),
            defaults("from_logits", false, "ignore_class", null, "axis", -1),
            (arguments, classes) -> {
                PositionLoss loss = arguments.flag("from_logits") ? new SparseLogitsLoss() : new SparseLoss();
                return arguments.optionalInteger("ignore_class").isPresent()
                        ? new IgnoreClass(loss, arguments.integer("ignore_class"))
                        : loss;
            }),
    CATEGORICAL_GENERALIZED_CROSS_ENTROPY(
            "CategoricalGeneralizedCrossEntropy",
            List.of(),
            defaults("q", 0.5),
            (arguments, classes) -> new GeneralizedCrossentropyLoss(
                    arguments.real("q", Double.NaN, Double.MIN_VALUE, Math.nextDown(1.0)))),
    DICE(
            "Dice",
            List.of(),
            defaults("axis", null),
            (arguments, classes) -> OverlapLoss.dice(isOfWholeBatch(arguments))),
    TVERSKY(
            "Tversky",
            List.of(),
            defaults("alpha", 0.5, "beta", 0.5, "axis", null),
            (arguments, classes) ->
                    OverlapLoss.tversky(arguments.real("alpha"), arguments.real("beta"), isOfWholeBatch(arguments))),
    CIRCLE(
            "Circle",
            List.of(),
            defaults("gamma", 80.0, "margin", 0.4, "remove_diagonal", true),
            (arguments, classes) -> new CircleLoss(
                    arguments.real("gamma"), arguments.real("margin"), arguments.flag("remove_diagonal"))),
    CTC("CTC", List.of(), (arguments, classes) -> new CtcLoss(classes));

    private static final String ALPHA = "alpha";
    private static final String AXIS = "axis";
    private static final String IGNORE_CLASS = "ignore_class";

    private final String className;
    private final List<String> aliases;
    private final Map<String, Object> defaults;
    private final LossFactory functions;

    LossType(String className, List<String> aliases, LossFactory functions) {
        this(className, aliases, defaults(), functions);
    }

    LossType(String className, List<String> aliases, Map<String, Object> defaults, LossFactory functions) {
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
        return this == SPARSE_CATEGORICAL_CROSSENTROPY
                || this == CATEGORICAL_GENERALIZED_CROSS_ENTROPY
                || this == CIRCLE;
    }

    /** Whether {@code target} can be a target of predictions whose last axis is {@code classes}. */
    boolean accepts(Arguments arguments, float target, int classes) {
        if (!isSparse() && this != CTC) {
            return true;
        }
        boolean ignored = defaults.containsKey(IGNORE_CLASS)
                && arguments.optionalInteger(IGNORE_CLASS).stream().anyMatch(c -> c == target);
        boolean isClass = this == CIRCLE || (target >= 0 && target < classes);
        return target == Math.rint(target) && (isClass || ignored);
    }

    /** Reads every argument, to find wrong values. */
    void check(Arguments arguments) {
        functions.make(arguments, 1);
        if (defaults.containsKey(AXIS) && defaults.get(AXIS) != null) {
            arguments.integer(AXIS);
        }
    }

    /** Shape of one sample's predictions without a last axis of 1 that the targets lack: Keras takes it away first. */
    int[] squeezed(int[] trueShape, int[] predShape) {
        boolean isLacking = !isSparse()
                && this != CTC
                && trueShape.length > 0
                && predShape.length == trueShape.length + 1
                && TargetShapes.last(predShape) == 1;
        return isLacking ? Arrays.copyOf(predShape, trueShape.length) : predShape;
    }

    /** How targets and predictions of these shapes of one sample meet, the latter {@link #squeezed}. */
    TargetLayout layout(Arguments arguments, int[] trueShape, int[] predShape) {
        if (this == CTC) {
            return CtcLoss.layout(kerasName(), trueShape, predShape);
        }
        if (this == CIRCLE && predShape.length != 1) {
            throw TargetShapes.mismatch(kerasName(), trueShape, predShape, "embeddings are one vector for each sample");
        }
        Optional<ReducedAxes> axes = axes(arguments, predShape);
        requireFittingAlphas(arguments, predShape, axes.isPresent());
        if (isSparse()) {
            if (axes.isPresent() && arguments.integer(AXIS) != predShape.length) {
                throw arguments.wrong(AXIS, "-1, the last axis, the only one that Keras takes for integer labels");
            }
            return TargetShapes.sparse(kerasName(), trueShape, predShape);
        }
        return axes.map(given -> given.layout(kerasName(), trueShape))
                .orElseGet(() -> TargetShapes.dense(kerasName(), trueShape, predShape));
    }

    /** An alpha of each class is one of each place of the last axis. */
    private void requireFittingAlphas(Arguments arguments, int[] predShape, boolean overOtherAxes) {
        int count = this == CATEGORICAL_FOCAL_CROSSENTROPY ? arguments.reals(ALPHA).length : 1;
        int classes = TargetShapes.last(predShape);
        if (count != 1 && (overOtherAxes || count != classes)) {
            throw arguments.wrong(
                    ALPHA, "a number" + (overOtherAxes ? " unless axis is -1" : " or " + classes + " of them"));
        }
    }

    /** Shape of one sample's targets for predictions of this shape. */
    int[] targetShape(int[] predShape) {
        if (this == CTC) {
            return Arrays.copyOf(predShape, 1);
        }
        return isSparse() ? Arrays.copyOf(predShape, Math.max(predShape.length - 1, 0)) : predShape.clone();
    }

    /** What computes the loss of predictions of this shape of one sample. */
    LossFunction newFunction(Arguments arguments, int[] predShape) {
        LossFunction function = functions.make(arguments, TargetShapes.last(predShape));
        return axes(arguments, predShape).map(axes -> axes.over(function)).orElse(function);
    }

    /** The axes that are summed over; empty for the last one alone. */
    private Optional<ReducedAxes> axes(Arguments arguments, int[] predShape) {
        if (!defaults.containsKey(AXIS) || Objects.equals(arguments.raw(AXIS), -1)) {
            return Optional.empty();
        }
        double[] all =
                IntStream.rangeClosed(1, predShape.length).asDoubleStream().toArray();
        return Optional.of(
                ReducedAxes.of(kerasName(), arguments.optionalReals(AXIS).orElse(all), predShape));
    }

    private static boolean isOfWholeBatch(Arguments arguments) {
        return arguments.optionalReals(AXIS).isEmpty();
    }

    private static LossFactory element(ElementLoss element) {
        return (arguments, classes) -> new ElementwiseLoss(element);
    }

    private static LabelSmoothing smoothing(Arguments arguments, int classes) {
        return LabelSmoothing.of(arguments.real("label_smoothing", Double.NaN, 0, 1), classes);
    }

    private static LabelSmoothing binarySmoothing(Arguments arguments) {
        return smoothing(arguments, 2);
    }
}
