package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import io.covey.trainer.metrics.Direction;
import java.util.Map;

/** Says whether a value of a monitored quantity is an improvement, as Keras' MonitorCallback does. */
final class Monitor {
    private final boolean larger;
    private final double minDelta;
    private final Semantics semantics;

    private Monitor(boolean larger, double minDelta, Semantics semantics) {
        this.larger = larger;
        this.minDelta = minDelta;
        this.semantics = semantics;
    }

    /**
     * A monitor.
     *
     * @param owner Keras' name of the callback, for messages
     * @param name the quantity, for example {@code val_loss}
     * @param minDelta how much better a value must be
     * @param directions those of the model's metrics
     * @throws CoveyException a caller's error with Keras' text if no metric of the name tells a direction
     */
    static Monitor of(
            String owner,
            String name,
            Mode mode,
            double minDelta,
            Semantics semantics,
            Map<String, Direction> directions) {
        boolean larger =
                switch (mode) {
                    case MIN -> false;
                    case MAX -> true;
                    case AUTO ->
                        semantics == Semantics.KERAS3
                                ? largerByMetric(owner, name, directions)
                                : largerByName(owner, name);
                };
        return new Monitor(larger, minDelta, semantics);
    }

    private static boolean largerByMetric(String owner, String name, Map<String, Direction> directions) {
        String metric = name.startsWith("val_") ? name.substring("val_".length()) : name;
        Direction byDefault = metric.equals("loss") ? Direction.DOWN : Direction.NONE;
        Direction direction = directions.getOrDefault(metric, byDefault);
        if (direction == Direction.NONE) {
            throw CoveyException.caller(owner + " callback received monitor=" + name
                    + ", but Keras isn't able to automatically determine whether that metric should be maximized or"
                    + " minimized. Pass `mode='max'` in order to monitor based on the highest metric value, or pass"
                    + " `mode='min'` in order to use the lowest value.");
        }
        return direction == Direction.UP;
    }

    /** Keras 2 goes by the name. */
    private static boolean largerByName(String owner, String name) {
        return name.contains("acc") || (owner.equals("ModelCheckpoint") && name.startsWith("fmeasure"));
    }

    /** What a best value is before there is one: null in Keras 3, the worst possible one in Keras 2. */
    Double worst() {
        if (semantics == Semantics.KERAS3) {
            return null;
        }
        return larger ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    /** Whether {@code value} beats {@code reference} by more than the minimum; true if there is no reference. NaN never does. */
    boolean isImprovement(double value, Double reference) {
        return reference == null || isBetter(larger ? value - minDelta : value + minDelta, reference);
    }

    /** Keras 2's ReduceLROnPlateau puts the minimum on the other side, which rounds differently. */
    boolean isImprovementOnShifted(double value, double reference) {
        return isBetter(value, larger ? reference + minDelta : reference - minDelta);
    }

    private boolean isBetter(double value, double reference) {
        if (semantics == Semantics.KERAS3) {
            // Keras 3 compares tensors of its default type.
            return larger ? (float) value > (float) reference : (float) value < (float) reference;
        }
        return larger ? value > reference : value < reference;
    }
}
