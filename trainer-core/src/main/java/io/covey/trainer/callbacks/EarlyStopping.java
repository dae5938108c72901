package io.covey.trainer.callbacks;

import io.covey.trainer.metrics.Direction;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keras' EarlyStopping: ends training when a quantity has stopped improving. Defaults are Keras': monitor {@code val_loss},
 * min_delta 0, patience 0, mode auto, no baseline, weights not restored, from epoch 0.
 *
 * <p>In Keras 3 (and here by default) the best weights are put back at the end of training even if all epochs were run, and
 * the first epoch never stops; in Keras 2 they are put back only when this callback stops training.
 */
public final class EarlyStopping implements Callback {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyStopping.class);
    private static final String WEIGHTS = "best_weights";

    private String monitor = "val_loss";
    private double minDelta;
    private int patience;
    private int verbose;
    private Mode mode = Mode.AUTO;
    private Double baseline;
    private boolean restoreBestWeights;
    private int startFromEpoch;
    private Semantics semantics = Semantics.KERAS3;
    private PrintStream out = System.out;

    private Training training;
    private Monitor comparison;
    private int wait;
    private int stoppedEpoch;
    private int bestEpoch;
    private Double best;
    private WeightsSnapshot bestWeights;
    private String encodedWeights;

    EarlyStopping() {}

    /** Name of the quantity among the logs of an epoch. */
    public EarlyStopping monitor(String newMonitor) {
        monitor = newMonitor;
        return this;
    }

    /** Smaller changes are no improvement; the sign does not matter, as in Keras. */
    public EarlyStopping minDelta(double newMinDelta) {
        minDelta = Math.abs(newMinDelta);
        return this;
    }

    /** Epochs without improvement after which training stops. */
    public EarlyStopping patience(int newPatience) {
        patience = newPatience;
        return this;
    }

    /** 1 prints when the callback acts. */
    public EarlyStopping verbose(int newVerbose) {
        verbose = newVerbose;
        return this;
    }

    public EarlyStopping mode(Mode newMode) {
        mode = newMode;
        return this;
    }

    /** A value that must be beaten too, or null. */
    public EarlyStopping baseline(Double newBaseline) {
        baseline = newBaseline;
        return this;
    }

    /** Whether the weights of the best epoch are put back. */
    public EarlyStopping restoreBestWeights(boolean newRestoreBestWeights) {
        restoreBestWeights = newRestoreBestWeights;
        return this;
    }

    /** Epochs before this one, counted from 0, are not looked at. */
    public EarlyStopping startFromEpoch(int newStartFromEpoch) {
        startFromEpoch = newStartFromEpoch;
        return this;
    }

    public EarlyStopping semantics(Semantics newSemantics) {
        semantics = newSemantics;
        return this;
    }

    /** Where to print, by default standard output. */
    public EarlyStopping out(PrintStream newOut) {
        out = newOut;
        return this;
    }

    @Override
    public Set<String> requiredLogs() {
        return Set.of(monitor);
    }

    @Override
    public void checkMonitor(Map<String, Direction> metricDirections) {
        comparison = comparison(metricDirections);
    }

    private Monitor comparison(Map<String, Direction> metricDirections) {
        return Monitor.of("EarlyStopping", monitor, mode, minDelta, semantics, metricDirections);
    }

    @Override
    public void onTrainBegin(Training newTraining) {
        training = newTraining;
        comparison = comparison(training.metricDirections());
        wait = 0;
        stoppedEpoch = 0;
        bestEpoch = 0;
        best = comparison.worst();
        remember(null);
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
        Double current = logs.get(monitor);
        if (current == null) {
            LOG.warn(
                    "Early stopping conditioned on metric `{}` which is not available. Available metrics are: {}",
                    monitor,
                    String.join(",", logs.keySet()));
            return;
        }
        if (epoch < startFromEpoch) {
            return;
        }
        if (restoreBestWeights && bestWeights == null) {
            remember(training.snapshotWeights());
            bestEpoch = epoch;
        }
        wait++;
        boolean improved = comparison.isImprovement(current, best);
        if (improved) {
            best = current;
            bestEpoch = epoch;
            if (restoreBestWeights) {
                remember(training.snapshotWeights());
            }
            if (baseline == null || comparison.isImprovement(current, baseline)) {
                wait = 0;
            }
        }
        if (semantics == Semantics.KERAS3) {
            if (!improved && wait >= patience && epoch > 0) {
                stop(epoch);
            }
        } else if (wait >= patience) {
            stop(epoch);
            putBack("Restoring model weights from the end of the best epoch.");
        }
    }

    private void stop(int epoch) {
        stoppedEpoch = epoch;
        training.stopTraining();
    }

    @Override
    public void onTrainEnd(Map<String, Double> logs) {
        if (stoppedEpoch > 0 && verbose > 0) {
            String number = semantics == Semantics.KERAS3 ? "%d" : "%05d";
            PythonText.print(out, String.format("Epoch " + number + ": early stopping", stoppedEpoch + 1));
        }
        if (semantics == Semantics.KERAS3 && !training.isInterrupted()) {
            putBack("Restoring model weights from the end of the best epoch: " + (bestEpoch + 1) + ".");
        }
        remember(null);
    }

    private void putBack(String message) {
        if (bestWeights != null) {
            if (verbose > 0) {
                PythonText.print(out, message);
            }
            training.restoreWeights(bestWeights);
        }
    }

    private void remember(WeightsSnapshot weights) {
        if (bestWeights != null) {
            bestWeights.close();
        }
        bestWeights = weights;
        encodedWeights = null;
    }

    /** Epochs since the last improvement. */
    public int waitedEpochs() {
        return wait;
    }

    /** The epoch, from 0, after which training was stopped; 0 if it was not. */
    public int stoppedEpoch() {
        return stoppedEpoch;
    }

    /** The epoch, from 0, that had the best value. */
    public int bestEpoch() {
        return bestEpoch;
    }

    /** The best value so far; null if there is none yet, in Keras 2 an infinite one. */
    public Double best() {
        return best;
    }

    @Override
    public Map<String, String> state() {
        Map<String, String> state = new HashMap<>();
        state.put("wait", Integer.toString(wait));
        state.put("stopped_epoch", Integer.toString(stoppedEpoch));
        state.put("best_epoch", Integer.toString(bestEpoch));
        if (best != null) {
            state.put("best", Double.toString(best));
        }
        if (bestWeights != null) {
            if (encodedWeights == null) {
                encodedWeights = bestWeights.encode();
            }
            state.put(WEIGHTS, encodedWeights);
        }
        return state;
    }

    @Override
    public void restore(Map<String, String> state) {
        wait = Integer.parseInt(state.get("wait"));
        stoppedEpoch = Integer.parseInt(state.get("stopped_epoch"));
        bestEpoch = Integer.parseInt(state.get("best_epoch"));
        best = state.containsKey("best") ? Double.valueOf(state.get("best")) : null;
        String weights = state.get(WEIGHTS);
        remember(weights == null ? null : training.decodeWeights(weights));
        encodedWeights = weights;
    }
}
