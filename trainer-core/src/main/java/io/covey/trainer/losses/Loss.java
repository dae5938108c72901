package io.covey.trainer.losses;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A loss as given to {@code compile}: one of Keras' with its arguments. Immutable. Made by {@link Losses}; the fluent methods
 * give changed copies, and refuse arguments that this loss does not have. {@link #newFunction} makes what computes.
 */
public final class Loss implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final String FROM_LOGITS = "from_logits";
    private static final String IGNORE_CLASS = "ignore_class";

    private final LossType type;
    private final String name;
    private final Reduction reduction;
    private final Arguments arguments;

    Loss(LossType type, String name, Reduction reduction, Arguments arguments) {
        this.type = type;
        this.name = name;
        this.reduction = reduction;
        this.arguments = arguments;
        // Wrong values are found now, not in the first step.
        type.check(arguments);
    }

    /** The name of Keras' function, for example {@code sparse_categorical_crossentropy}. */
    public String kerasName() {
        return type.kerasName();
    }

    /** Keras' class, for example {@code SparseCategoricalCrossentropy}. */
    public String className() {
        return type.className();
    }

    /** The object's name, as in its config. */
    public String name() {
        return name;
    }

    /** How the values of a batch become one. */
    public Reduction reduction() {
        return reduction;
    }

    /** Keras' {@code get_config()}: name, reduction and all arguments; {@link Losses#of} reads it. */
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", name);
        config.put("reduction", reduction.kerasName());
        config.putAll(arguments.values());
        return config;
    }

    /** A copy with another value for one of Keras' arguments. */
    public Loss with(String argument, Object value) {
        return new Loss(type, name, reduction, arguments.with(argument, value));
    }

    /** A copy of another name. */
    public Loss named(String newName) {
        return new Loss(type, newName, reduction, arguments);
    }

    /** A copy of another reduction. */
    public Loss reduction(Reduction newReduction) {
        return new Loss(type, name, newReduction, arguments);
    }

    /** Whether predictions are logits instead of probabilities. */
    public Loss fromLogits(boolean fromLogits) {
        return with(FROM_LOGITS, fromLogits);
    }

    /** How far targets move towards the uniform distribution, 0 to 1. */
    public Loss labelSmoothing(double smoothing) {
        return with("label_smoothing", smoothing);
    }

    /** The label whose positions do not count. */
    public Loss ignoreClass(int label) {
        return with(IGNORE_CLASS, label);
    }

    /** Where the Huber loss becomes linear. */
    public Loss delta(double delta) {
        return with("delta", delta);
    }

    /** The class weight of a focal loss. */
    public Loss alpha(double alpha) {
        return with("alpha", alpha);
    }

    /** The focusing exponent of a focal loss. */
    public Loss gamma(double gamma) {
        return with("gamma", gamma);
    }

    /**
     * What computes this loss, for one thread.
     *
     * @param predShape shape of one sample's predictions, and of its targets
     */
    public LossFunction newFunction(int[] predShape) {
        return newFunction(predShape, predShape);
    }

    /** As {@link #newFunction(int[])}, for targets of another shape that {@link #check} takes. */
    public LossFunction newFunction(int[] trueShape, int[] predShape) {
        return type.newFunction(arguments, type.squeezed(trueShape, predShape));
    }

    /**
     * The loss to compute from the logits of a model's last activation, without clipping. Keras does so for the
     * cross-entropies after a softmax or sigmoid, whichever of the two it is, and for the binary focal loss after a sigmoid.
     * Empty for losses that take the output itself; {@code ignore_class} is one that does.
     *
     * @param activation Keras' name of the last activation
     */
    public Optional<Loss> onCachedLogits(String activation) {
        boolean sigmoid = activation.equals("sigmoid");
        boolean logits = sigmoid || activation.equals("softmax");
        boolean taken =
                switch (type) {
                    case BINARY_CROSSENTROPY, CATEGORICAL_CROSSENTROPY -> logits;
                    case SPARSE_CATEGORICAL_CROSSENTROPY ->
                        logits && arguments.optionalInteger(IGNORE_CLASS).isEmpty();
                    case BINARY_FOCAL_CROSSENTROPY -> sigmoid;
                    default -> false;
                };
        return taken ? Optional.of(fromLogits(true)) : Optional.empty();
    }

    /**
     * Whether this is sparse categorical cross-entropy over all labels, which from a softmax's logits is the sum of {@code
     * -log_softmax(z)[label]}: what an engine can fuse with the softmax.
     */
    public boolean isPlainSparseCrossentropy() {
        return type == LossType.SPARSE_CATEGORICAL_CROSSENTROPY
                && arguments.optionalInteger(IGNORE_CLASS).isEmpty()
                && (reduction == Reduction.SUM_OVER_BATCH_SIZE || reduction == Reduction.MEAN);
    }

    /** Whether targets are integer labels, one per position. */
    public boolean isSparse() {
        return type.isSparse();
    }

    /**
     * How targets and predictions of these shapes (without the batch axis) meet, by Keras' rules.
     *
     * @throws CoveyException a caller's error for shapes that do not fit
     */
    public TargetLayout check(int[] trueShape, int[] predShape) {
        return type.layout(arguments, trueShape, type.squeezed(trueShape, predShape));
    }

    /**
     * The shape that training gives one sample's targets: that of the predictions, for integer labels without the last axis,
     * for CTC one label for each step.
     */
    public int[] targetShape(int[] predShape) {
        return type.targetShape(predShape);
    }

    /**
     * Whether a finite number can be a target: labels must be integers in [0, classes), or the ignored class.
     *
     * @param classes the last axis of the predictions
     */
    public boolean accepts(float target, int classes) {
        return type.accepts(arguments, target, classes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Loss loss
                && type == loss.type
                && name.equals(loss.name)
                && reduction == loss.reduction
                && arguments.equals(loss.arguments);
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, name, reduction, arguments);
    }

    @Override
    public String toString() {
        return className() + config();
    }
}
