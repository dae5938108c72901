package io.covey.trainer.metrics;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.losses.Losses;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A metric as given to {@code compile}: one of Keras' with its arguments, or {@code accuracy}, which becomes one of them by
 * the shapes of targets and predictions. Immutable. Made by {@link Metrics}; {@link #newFunction} makes what computes.
 */
public final class Metric implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final String FROM_LOGITS = "from_logits";

    private final MetricType type;
    private final String name;
    private final Arguments arguments;
    private final boolean byShapes;

    /** @param byShapes whether this is the word accuracy, not the class */
    Metric(MetricType type, String name, Arguments arguments, boolean byShapes) {
        this.type = type;
        this.name = name;
        this.arguments = arguments;
        this.byShapes = byShapes;
    }

    /** The name under which Keras logs it. */
    public String name() {
        return name;
    }

    /** Whether the name says all: the word accuracy, which Keras too makes a class by shapes, see {@link #resolve}. */
    public boolean isWord() {
        return byShapes && Metrics.isAccuracy(name);
    }

    /** Keras' class, for example {@code SparseCategoricalAccuracy}. */
    public String className() {
        return type.className();
    }

    /** Which results are better. */
    public Direction direction() {
        return type.direction();
    }

    /** Keras' {@code get_config()}: name and all arguments; {@link Metrics#ofClass} reads it. */
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", name);
        config.putAll(arguments.values());
        return config;
    }

    /** A copy with another value for one of Keras' arguments. */
    public Metric with(String argument, Object value) {
        return new Metric(type, name, arguments.with(argument, value), byShapes);
    }

    /** A copy of another name. */
    public Metric named(String newName) {
        return new Metric(type, newName, arguments, byShapes);
    }

    /**
     * What {@code accuracy} becomes for these shapes of one sample: binary for a last axis of 1, sparse categorical for
     * integer labels, else categorical; any other metric is itself.
     */
    public Metric resolve(int[] trueShape, int[] predShape) {
        if (!byShapes) {
            return this;
        }
        int width = predShape.length == 0 ? 1 : predShape[predShape.length - 1];
        boolean closesWithOne = trueShape.length > 0 && trueShape[trueShape.length - 1] == 1;
        MetricType resolved = width == 1
                ? MetricType.BINARY_ACCURACY
                : trueShape.length < predShape.length || closesWithOne
                        ? MetricType.SPARSE_CATEGORICAL_ACCURACY
                        : MetricType.CATEGORICAL_ACCURACY;
        return Metrics.ofClass(resolved.className(), Map.of("name", name));
    }

    /**
     * What computes this metric, for one thread.
     *
     * @param trueShape shape of one sample's targets
     * @param predShape shape of one sample's predictions
     * @param maxRows most samples of one update; 0 for what only computes results
     * @throws CoveyException a caller's error for shapes or arguments that do not fit
     */
    public MetricFunction newFunction(int[] trueShape, int[] predShape, int maxRows) {
        Metric resolved = resolve(trueShape, predShape);
        return resolved.type.newFunction("metric " + name, resolved.arguments, trueShape, predShape, maxRows);
    }

    /** Finds, before training, shapes and arguments that do not fit; as {@link #newFunction}. */
    public void check(int[] trueShape, int[] predShape) {
        newFunction(trueShape, predShape, 0);
    }

    /**
     * The metric to compute from the logits of a model's last activation, as Keras does for cross-entropies after a softmax
     * or sigmoid; empty for metrics that take the output itself.
     *
     * @param activation Keras' name of the last activation
     */
    public Optional<Metric> onCachedLogits(String activation) {
        boolean isCrossentropy =
                switch (type) {
                    case BINARY_CROSSENTROPY, CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY -> true;
                    default -> false;
                };
        boolean onLogits = isCrossentropy
                && Losses.of(type.kerasName(), MetricFactory.lossConfig(type.kerasName(), arguments))
                        .onCachedLogits(activation)
                        .isPresent();
        return onLogits ? Optional.of(with(FROM_LOGITS, true)) : Optional.empty();
    }

    /**
     * Whether this metric, resolved, counts samples whose largest output is that of their integer label: what an engine can
     * fuse with sparse categorical cross-entropy.
     */
    public boolean isSparseCategoricalAccuracy() {
        return type == MetricType.SPARSE_CATEGORICAL_ACCURACY;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Metric metric
                && type == metric.type
                && name.equals(metric.name)
                && byShapes == metric.byShapes
                && arguments.equals(metric.arguments);
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, name, arguments, byShapes);
    }

    @Override
    public String toString() {
        return className() + config();
    }
}
