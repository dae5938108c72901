package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import java.io.PrintStream;
import java.util.Map;

/**
 * Keras' TerminateOnNaN: stops training at the first batch whose loss is NaN or infinite. Only of use where the run does not
 * itself end with an error at such a loss (see {@code FitOptions.failOnNonFiniteLoss}).
 */
public final class TerminateOnNan implements Callback {
    private boolean raiseError;
    private PrintStream out = System.out;
    private Training training;

    TerminateOnNan() {}

    /** Whether the run ends with an error instead, without {@link Callback#onTrainEnd}. */
    public TerminateOnNan raiseError(boolean newRaiseError) {
        raiseError = newRaiseError;
        return this;
    }

    /** Where to print, by default standard output. */
    public TerminateOnNan out(PrintStream newOut) {
        out = newOut;
        return this;
    }

    @Override
    public boolean toleratesNonFiniteLoss() {
        return true;
    }

    @Override
    public void onTrainBegin(Training newTraining) {
        training = newTraining;
    }

    @Override
    public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
        Double loss = logs.get("loss");
        if (loss == null || Double.isFinite(loss)) {
            return;
        }
        if (raiseError) {
            throw CoveyException.failure("NaN or Inf loss encountered at batch " + batch + ". Loss value: "
                    + PythonFloat.repr(loss) + ". Terminating training immediately.");
        }
        PythonText.print(out, "Batch " + batch + ": Invalid loss, terminating training");
        training.stopTraining();
    }
}
