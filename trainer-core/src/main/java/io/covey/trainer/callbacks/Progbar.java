package io.covey.trainer.callbacks;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** The text of Keras' progress bar for one pass over the data: {@code keras.utils.Progbar} of Keras 3 and Keras 2. */
final class Progbar {
    private static final long INTERVAL_NS = 50_000_000L;
    private static final double SECOND_NS = 1e9;
    private static final int WIDTH_KERAS3 = 20;
    private static final int WIDTH_KERAS2 = 30;

    private final Semantics semantics;
    private final int verbose;
    private long target;
    private final long startNs;
    private final Map<String, Double> values = new LinkedHashMap<>();
    private long updatedNs;
    private boolean updated;
    private long firstStepNs;
    private boolean firstStepDone;
    private int width;

    /** A bar of {@code target} steps that starts now. */
    Progbar(Semantics semantics, int verbose, long target, long nowNs) {
        this.semantics = semantics;
        this.verbose = verbose;
        this.target = target;
        this.startNs = nowNs;
    }

    /** The number of steps is known now. */
    void target(long newTarget) {
        target = newTarget;
    }

    /** What to print when {@code current} steps are done; may be nothing. */
    String update(long current, Map<String, Double> logs, boolean last, long nowNs) {
        values.putAll(logs);
        if (verbose == 1 && (last || !updated || nowNs - updatedNs >= INTERVAL_NS)) {
            updatedNs = nowNs;
            updated = true;
            return line(current, last, nowNs);
        }
        if (verbose == 2 && last && target > 0) {
            String perStep = perStep(secondsPerStep(current, nowNs));
            String time = " - " + rounded((nowNs - startNs) / SECOND_NS) + "s";
            return count(current) + time + (semantics == Semantics.KERAS3 ? " -" + perStep : "") + metrics(true) + "\n";
        }
        return "";
    }

    private String line(long current, boolean last, long nowNs) {
        double secondsPerStep = secondsPerStep(current, nowNs);
        boolean keras3 = semantics == Semantics.KERAS3;
        String bar = target <= 0
                ? String.format(Locale.ROOT, "%7d/Unknown", current)
                : keras3 ? bar3(current) : bar2(current);
        String info =
                keras3 ? info3(current, secondsPerStep, last, nowNs) : info2(current, secondsPerStep, last, nowNs);
        info += metrics(false);
        int newWidth = visible(bar) + visible(info);
        String line = "\b".repeat(width) + "\r" + bar + info + " ".repeat(Math.max(0, width - newWidth));
        width = newWidth;
        return last ? line + "\n" : line;
    }

    /** Length on the screen: Keras leaves out the escape sequences. */
    private static int visible(String text) {
        return text.replaceAll("\u001b\\[\\d+m", "").length();
    }

    private String bar3(long current) {
        int filled = (int) (WIDTH_KERAS3 * ((double) current / target));
        return "\u001b[1m" + count(current) + "\u001b[0m "
                + (filled > 0 ? "\u001b[32m" + "━".repeat(filled) + "\u001b[0m" : "")
                + "\u001b[37m" + "━".repeat(WIDTH_KERAS3 - filled) + "\u001b[0m";
    }

    private String bar2(long current) {
        int filled = (int) (WIDTH_KERAS2 * ((double) current / target));
        String tip = filled == 0 ? "" : current < target ? ">" : "=";
        return count(current) + " [" + "=".repeat(Math.max(0, filled - 1)) + tip + ".".repeat(WIDTH_KERAS2 - filled)
                + "]";
    }

    private String info3(long current, double secondsPerStep, boolean last, long nowNs) {
        String time = last || target <= 0
                ? rounded((nowNs - startNs) / SECOND_NS) + "s"
                : left(secondsPerStep * (target - current));
        return " \u001b[1m" + time + "\u001b[0m" + perStep(secondsPerStep);
    }

    private String info2(long current, double secondsPerStep, boolean last, long nowNs) {
        return last || target <= 0
                ? " - " + rounded((nowNs - startNs) / SECOND_NS) + "s" + perStep(secondsPerStep)
                : " - ETA: " + left(secondsPerStep * (target - current));
    }

    private String count(long current) {
        String total = Long.toString(target);
        String done = Long.toString(current);
        return " ".repeat(Math.max(0, total.length() - done.length())) + done + "/" + total;
    }

    private String metrics(boolean signed) {
        StringJoiner joiner = new StringJoiner("");
        values.forEach((name, value) -> joiner.add(" - " + name + ": " + number(value, signed)));
        return joiner.toString();
    }

    /** Keras compares the value itself in verbose 2, its magnitude in verbose 1. Keras 2 takes a mean, which is never -0. */
    private String number(double value, boolean signed) {
        boolean plain = (signed ? value : Math.abs(value)) > 1e-3;
        double shown = semantics == Semantics.KERAS2 && value == 0 ? 0 : value;
        return PythonFormat.format(plain ? "{x:.4f}" : "{x:.4e}", name -> shown);
    }

    /** The first step, which is not like the others, does not count once there are more. */
    private double secondsPerStep(long current, long nowNs) {
        if (current == 0) {
            return 0;
        }
        double seconds = firstStepDone && current > 1
                ? (nowNs - firstStepNs) / SECOND_NS / (current - 1)
                : (nowNs - startNs) / SECOND_NS / current;
        if (current == 1) {
            firstStepNs = nowNs;
            firstStepDone = true;
        }
        return seconds;
    }

    private static String perStep(double seconds) {
        if (seconds >= 1 || seconds == 0) {
            return " " + rounded(seconds) + "s/step";
        }
        return seconds >= 1e-3 ? " " + rounded(seconds * 1e3) + "ms/step" : " " + rounded(seconds * 1e6) + "us/step";
    }

    private static String rounded(double value) {
        return PythonFormat.fixed(value, 0);
    }

    private static String left(double seconds) {
        long whole = (long) seconds;
        if (seconds > 3600) {
            return String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole % 3600 / 60, whole % 60);
        }
        return seconds > 60 ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60) : whole + "s";
    }
}
