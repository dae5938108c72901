package io.covey.trainer.callbacks;

import java.io.PrintStream;
import java.util.Map;
import java.util.Set;

/**
 * Keras' LearningRateScheduler: sets the learning rate at the begin of each epoch, and adds it to the epoch's logs
 * ({@code learning_rate}, in Keras 2 {@code lr}).
 */
public final class LearningRateScheduler implements Callback {
    /** Keras' schedule function. */
    @FunctionalInterface
    public interface Schedule {
        /**
         * The rate to train an epoch with.
         *
         * @param epoch from 0
         * @param learningRate the current rate
         */
        double learningRate(int epoch, double learningRate);
    }

    private final Schedule schedule;
    private int verbose;
    private Semantics semantics = Semantics.KERAS3;
    private PrintStream out = System.out;
    private Training training;

    LearningRateScheduler(Schedule schedule) {
        this.schedule = schedule;
    }

    static String logName(Semantics semantics) {
        return semantics == Semantics.KERAS3 ? "learning_rate" : "lr";
    }

    /** 1 prints the rate of each epoch. */
    public LearningRateScheduler verbose(int newVerbose) {
        verbose = newVerbose;
        return this;
    }

    public LearningRateScheduler semantics(Semantics newSemantics) {
        semantics = newSemantics;
        return this;
    }

    /** Where to print, by default standard output. */
    public LearningRateScheduler out(PrintStream newOut) {
        out = newOut;
        return this;
    }

    @Override
    public Set<String> addedLogs() {
        return Set.of(logName(semantics));
    }

    @Override
    public void onTrainBegin(Training newTraining) {
        training = newTraining;
    }

    @Override
    public void onEpochBegin(int epoch) {
        double learningRate = schedule.learningRate(epoch, training.learningRate());
        training.setLearningRate(learningRate);
        if (verbose > 0) {
            String text = semantics == Semantics.KERAS3
                    ? String.format("\nEpoch %d: LearningRateScheduler setting learning rate to ", epoch + 1)
                    : String.format("\nEpoch %05d: LearningRateScheduler setting learning rate to ", epoch + 1);
            PythonText.print(out, text + PythonFloat.repr(learningRate) + ".");
        }
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
        logs.put(logName(semantics), training.learningRate());
    }
}
