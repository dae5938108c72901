package io.covey.trainer.callbacks;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Keras' ProgbarLogger: prints exactly what Keras prints. {@link ProgressPrinter} is made for logs and terminals and is what
 * Covey's command line uses.
 */
public final class ProgbarLogger implements Callback {
    private int verbose = 1;
    private Semantics semantics = Semantics.KERAS3;
    private PrintStream out = System.out;
    private LongSupplier nanoClock = System::nanoTime;

    private int epochs = 1;
    private long target;
    private long seen;
    private boolean inFit;
    private Progbar progbar;

    ProgbarLogger() {}

    /** Keras' {@code verbose}: 0 nothing, 1 a bar, 2 a line per epoch. */
    public ProgbarLogger verbose(int newVerbose) {
        verbose = newVerbose;
        return this;
    }

    public ProgbarLogger semantics(Semantics newSemantics) {
        semantics = newSemantics;
        return this;
    }

    /** Where to print, by default standard output. */
    public ProgbarLogger out(PrintStream newOut) {
        out = newOut;
        return this;
    }

    /** By default {@link System#nanoTime}. */
    public ProgbarLogger nanoClock(LongSupplier newNanoClock) {
        nanoClock = newNanoClock;
        return this;
    }

    @Override
    public boolean hearsBatches() {
        return verbose == 1 || target == CallbackParams.UNKNOWN;
    }

    @Override
    public void setParams(CallbackParams newParams) {
        epochs = newParams.epochs();
        target = newParams.steps();
    }

    @Override
    public void onTrainBegin(Training training) {
        inFit = true;
    }

    @Override
    public void onTrainEnd(Map<String, Double> logs) {
        inFit = false;
    }

    @Override
    public void onEpochBegin(int epoch) {
        restart();
        if (verbose > 0 && epochs > 1) {
            PythonText.print(out, "Epoch " + (epoch + 1) + "/" + epochs);
        }
    }

    @Override
    public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
        update(batch + 1, logs, false);
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
        finish(logs);
    }

    @Override
    public void onTestBegin() {
        if (!inFit) {
            restart();
        }
    }

    @Override
    public void onTestBatchEnd(long batch, Map<String, Double> logs) {
        if (!inFit) {
            update(batch + 1, logs, false);
        }
    }

    @Override
    public void onTestEnd(Map<String, Double> logs) {
        if (!inFit) {
            finish(logs);
        }
    }

    @Override
    public void onPredictBegin() {
        restart();
    }

    @Override
    public void onPredictBatchEnd(long batch, Map<String, List<float[]>> logs) {
        update(batch + 1, Map.of(), false);
    }

    @Override
    public void onPredictEnd() {
        finish(Map.of());
    }

    private void restart() {
        seen = 0;
        progbar = new Progbar(semantics, verbose, target, nanoClock.getAsLong());
    }

    /** A pass over data of unknown size has told it at its end. */
    private void finish(Map<String, Double> logs) {
        if (target == CallbackParams.UNKNOWN) {
            target = seen;
            progbar.target(seen);
        }
        update(target, logs, true);
    }

    private void update(long current, Map<String, Double> logs, boolean last) {
        seen = current;
        out.print(progbar.update(current, logs, last, nanoClock.getAsLong()));
        out.flush();
    }
}
