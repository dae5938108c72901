package io.covey.trainer.callbacks;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Prints one line per epoch. On a terminal the line lives while the epoch runs, rewritten at most ten times a second; else
 * each line is printed once, complete, without control characters.
 */
public final class ProgressPrinter implements Callback, AutoCloseable {
    private static final long REDRAW_INTERVAL_NS = 100_000_000L;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int BAR_LENGTH = 30;
    private static final int BAR_LENGTH_MIN = 5;

    private final PrintStream out;
    private final boolean terminal;
    private final int width;
    private final LongSupplier nanoClock;

    private Training training;
    private int epoch;
    private long beginNs;
    private long beginSteps;
    private long beginSamples;
    private long trainedNs;
    private long drawnNs;
    private int drawnLength;

    /**
     * A printer.
     *
     * @param out where to
     * @param terminal whether {@code out} is a terminal
     * @param width columns of the terminal
     * @param nanoClock for example {@link System#nanoTime}
     */
    public ProgressPrinter(PrintStream out, boolean terminal, int width, LongSupplier nanoClock) {
        this.out = out;
        this.terminal = terminal;
        this.width = width;
        this.nanoClock = nanoClock;
    }

    @Override
    public boolean hearsBatches() {
        return terminal;
    }

    @Override
    public void onTrainBegin(Training training) {
        this.training = training;
    }

    @Override
    public void onEpochBegin(int epoch) {
        this.epoch = epoch;
        beginNs = nanoClock.getAsLong();
        beginSteps = training.stepsDone();
        beginSamples = training.samplesDone();
        trainedNs = 0;
        drawnNs = beginNs - REDRAW_INTERVAL_NS;
    }

    @Override
    public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
        long nowNs = nanoClock.getAsLong();
        if (nowNs - drawnNs < REDRAW_INTERVAL_NS) {
            return;
        }
        drawnNs = nowNs;
        long elapsedNs = nowNs - beginNs;
        long done = training.stepsDone();
        double left = (double) elapsedNs / (done - beginSteps) * (training.steps() - done);
        String line = line(elapsedNs, logs, elapsedNs) + "  " + duration((long) left) + " left";
        draw(line.substring(0, Math.min(line.length(), width - 1)));
        out.flush();
    }

    @Override
    public void onTestBegin() {
        trainedNs = nanoClock.getAsLong() - beginNs;
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
        long elapsedNs = nanoClock.getAsLong() - beginNs;
        String line = line(elapsedNs, logs, trainedNs == 0 ? elapsedNs : trainedNs);
        if (terminal) {
            draw(line);
        } else {
            out.print(line);
        }
        endLine();
    }

    @Override
    public void onTrainEnd(Map<String, Double> logs) {
        close();
    }

    /** Ends a line that an error or an interruption left open; not the stream. */
    @Override
    public void close() {
        if (drawnLength > 0) {
            endLine();
        }
    }

    private void endLine() {
        out.print('\n');
        out.flush();
        drawnLength = 0;
    }

    private void draw(String line) {
        out.print('\r' + line + " ".repeat(Math.max(0, drawnLength - line.length())));
        drawnLength = line.length();
    }

    private String line(long elapsedNs, Map<String, Double> logs, long trainingNs) {
        String steps = Long.toString(training.steps());
        String head = String.format(
                Locale.ROOT,
                "Epoch %d/%d  %" + steps.length() + "d/%s",
                epoch + 1,
                training.epochs(),
                training.stepsDone(),
                steps);
        StringBuilder tail = new StringBuilder(" ").append(duration(elapsedNs));
        LogOrder.lossFirst(logs)
                .forEach((key, value) ->
                        tail.append("  ").append(key).append(": ").append(number(value)));
        double seconds = Math.max(trainingNs, 1) / (double) SECOND_NS;
        tail.append(String.format(
                Locale.ROOT, "  %,d samples/s", Math.round((training.samplesDone() - beginSamples) / seconds)));
        return head + (terminal ? bar(width - head.length() - tail.length() - "  0s left".length()) : " ") + tail;
    }

    private String bar(int room) {
        int length = Math.min(BAR_LENGTH, room - " []".length() - 1);
        if (length < BAR_LENGTH_MIN) {
            return "";
        }
        int filled = (int) (length * training.stepsDone() / training.steps());
        String tip = filled == length ? "" : ">";
        return " [" + "=".repeat(filled) + tip + ".".repeat(length - filled - tip.length()) + "]";
    }

    /** Keras' format: four decimals, or four digits after the point for small numbers. */
    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) > 1e-3 || Double.isNaN(value) ? "%.4f" : "%.4e", value);
    }

    private static String duration(long ns) {
        long seconds = Math.round(ns / (double) SECOND_NS);
        if (seconds < 60) {
            return seconds + "s";
        }
        return seconds < 3600
                ? String.format(Locale.ROOT, "%dm %02ds", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%dh %02dm", seconds / 3600, seconds / 60 % 60);
    }
}
