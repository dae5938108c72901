package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import io.covey.trainer.metrics.Direction;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keras' ReduceLROnPlateau: multiplies the learning rate by a factor when a quantity has stopped improving, and adds the rate
 * that the epoch was trained with to the logs ({@code learning_rate}, in Keras 2 {@code lr}). Defaults are Keras': monitor
 * {@code val_loss}, factor 0.1, patience 10, mode auto, min_delta 1e-4, cooldown 0, min_lr 0.
 */
public final class ReduceLrOnPlateau implements Callback {
    private static final Logger LOG = LoggerFactory.getLogger(ReduceLrOnPlateau.class);

    private String monitor = "val_loss";
    private Number factor = 0.1;
    private int patience = 10;
    private int verbose;
    private Mode mode = Mode.AUTO;
    private double minDelta = 1e-4;
    private int cooldown;
    private Number minLr = 0.0;
    private Semantics semantics = Semantics.KERAS3;
    private PrintStream out = System.out;

    private Training training;
    private Monitor comparison;
    private int wait;
    private int cooldownCounter;
    private Double best;

    ReduceLrOnPlateau() {}

    /** Name of the quantity among the logs of an epoch. */
    public ReduceLrOnPlateau monitor(String newMonitor) {
        monitor = newMonitor;
        return this;
    }

    /** What the learning rate is multiplied by, less than 1. */
    public ReduceLrOnPlateau factor(Number newFactor) {
        factor = newFactor;
        return this;
    }

    /** Epochs without improvement after which the rate is reduced. */
    public ReduceLrOnPlateau patience(int newPatience) {
        patience = newPatience;
        return this;
    }

    /** 1 prints when the callback acts. */
    public ReduceLrOnPlateau verbose(int newVerbose) {
        verbose = newVerbose;
        return this;
    }

    public ReduceLrOnPlateau mode(Mode newMode) {
        mode = newMode;
        return this;
    }

    /** Smaller changes are no improvement. */
    public ReduceLrOnPlateau minDelta(double newMinDelta) {
        minDelta = newMinDelta;
        return this;
    }

    /** Epochs after a reduction in which nothing is counted. */
    public ReduceLrOnPlateau cooldown(int newCooldown) {
        cooldown = newCooldown;
        return this;
    }

    /** Lower bound of the learning rate. */
    public ReduceLrOnPlateau minLr(Number newMinLr) {
        minLr = newMinLr;
        return this;
    }

    public ReduceLrOnPlateau semantics(Semantics newSemantics) {
        semantics = newSemantics;
        return this;
    }

    /** Where to print, by default standard output. */
    public ReduceLrOnPlateau out(PrintStream newOut) {
        out = newOut;
        return this;
    }

    @Override
    public void check() {
        if (factor.doubleValue() >= 1) {
            throw CoveyException.caller("ReduceLROnPlateau does not support a factor >= 1.0."
                    + (semantics == Semantics.KERAS3 ? " Received factor=" + PythonText.str(factor) : ""));
        }
    }

    @Override
    public Set<String> requiredLogs() {
        return Set.of(monitor);
    }

    @Override
    public Set<String> addedLogs() {
        return Set.of(LearningRateScheduler.logName(semantics));
    }

    @Override
    public void checkMonitor(Map<String, Direction> metricDirections) {
        comparison = comparison(metricDirections);
    }

    private Monitor comparison(Map<String, Direction> metricDirections) {
        double delta = semantics == Semantics.KERAS3 ? Math.abs(minDelta) : minDelta;
        return Monitor.of("ReduceLROnPlateau", monitor, mode, delta, semantics, metricDirections);
    }

    @Override
    public void onTrainBegin(Training newTraining) {
        training = newTraining;
        comparison = comparison(training.metricDirections());
        wait = 0;
        cooldownCounter = 0;
        best = comparison.worst();
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
        // Keras puts it into a dictionary of its own when it is given an empty one.
        if (!logs.isEmpty()) {
            logs.put(LearningRateScheduler.logName(semantics), training.learningRate());
        }
        Double current = logs.get(monitor);
        if (current == null) {
            LOG.warn(
                    "Learning rate reduction is conditioned on metric `{}` which is not available. Available metrics are:"
                            + " {}",
                    monitor,
                    String.join(",", logs.keySet()));
            return;
        }
        if (cooldownCounter > 0) {
            cooldownCounter--;
            wait = 0;
        }
        boolean improved = semantics == Semantics.KERAS3
                ? comparison.isImprovement(current, best)
                : comparison.isImprovementOnShifted(current, best);
        if (improved) {
            best = current;
            wait = 0;
        } else if (cooldownCounter == 0) {
            wait++;
            if (wait >= patience) {
                reduce(epoch);
            }
        }
    }

    private void reduce(int epoch) {
        double old = training.learningRate();
        if (old <= minLr.floatValue()) {
            return;
        }
        // Keras 2 multiplies NumPy float32, Keras 3 Python floats.
        double product = semantics == Semantics.KERAS3 ? old * factor.doubleValue() : (float) old * factor.floatValue();
        double reduced = Math.max(product, minLr.doubleValue());
        training.setLearningRate(reduced);
        if (verbose > 0) {
            String text = PythonText.str(
                    reduced > product ? minLr : semantics == Semantics.KERAS3 ? (Number) product : (float) product);
            String number = semantics == Semantics.KERAS3 ? "%d" : "%05d";
            PythonText.print(
                    out,
                    String.format("\nEpoch " + number, epoch + 1) + ": ReduceLROnPlateau reducing learning rate to "
                            + text + ".");
        }
        cooldownCounter = cooldown;
        wait = 0;
    }

    /** Epochs since the last improvement. */
    public int waitedEpochs() {
        return wait;
    }

    /** Epochs of the cooldown that are left. */
    public int cooldownCounter() {
        return cooldownCounter;
    }

    /** The best value so far; null if there is none yet, in Keras 2 an infinite one. */
    public Double best() {
        return best;
    }

    @Override
    public Map<String, String> state() {
        Map<String, String> state = new HashMap<>();
        state.put("wait", Integer.toString(wait));
        state.put("cooldown_counter", Integer.toString(cooldownCounter));
        if (best != null) {
            state.put("best", Double.toString(best));
        }
        return state;
    }

    @Override
    public void restore(Map<String, String> state) {
        wait = Integer.parseInt(state.get("wait"));
        cooldownCounter = Integer.parseInt(state.get("cooldown_counter"));
        best = state.containsKey("best") ? Double.valueOf(state.get("best")) : null;
    }
}
