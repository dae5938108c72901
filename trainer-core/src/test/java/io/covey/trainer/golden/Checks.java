package io.covey.trainer.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The comparisons of one case: kept as rows of the report, whether they pass or not. */
final class Checks {
    /** Tolerance as a multiple of the recorded float32 rounding noise. */
    static final double NOISE_FACTOR = 10;

    /**
     * One comparison.
     *
     * @param check what was compared
     * @param error worst absolute difference, NaN where something is not a number or not equal at all
     * @param tolerance the largest error that passes
     */
    record Row(String check, double error, double tolerance, String message) {
        boolean passed() {
            return error <= tolerance;
        }

        String csv(String group, String name) {
            return String.join(
                    ",",
                    group,
                    name,
                    check.replace(',', ';'),
                    String.format(Locale.ROOT, "%.9g,%.9g", error, tolerance));
        }
    }

    private final List<Row> rows = new ArrayList<>();

    List<Row> rows() {
        return rows;
    }

    List<Row> failures() {
        return rows.stream().filter(row -> !row.passed()).toList();
    }

    /** Compares numbers; equal infinities and two NaNs have no error. */
    void close(String check, double[] expected, double[] actual, double tolerance) {
        if (expected.length != actual.length) {
            rows.add(new Row(
                    check, Double.NaN, tolerance, expected.length + " numbers expected, found " + actual.length));
            return;
        }
        double worst = 0;
        int at = 0;
        for (int i = 0; i < expected.length; i++) {
            double error = Double.compare(expected[i], actual[i]) == 0 ? 0 : Math.abs(expected[i] - actual[i]);
            if (!(error <= worst)) {
                worst = error;
                at = i;
                if (Double.isNaN(error)) {
                    break;
                }
            }
        }
        String message = expected.length == 0 ? "" : "at " + at + ": expected " + expected[at] + ", was " + actual[at];
        rows.add(new Row(check, worst, tolerance, message));
    }

    /** Compares floats, see {@link #close(String, double[], double[], double)}. */
    void close(String check, float[] expected, float[] actual, double tolerance) {
        close(check, doubles(expected), doubles(actual), tolerance);
    }

    /** Compares two numbers. */
    void close(String check, double expected, double actual, double tolerance) {
        close(check, new double[] {expected}, new double[] {actual}, tolerance);
    }

    /** Compares what must be equal: texts, names, shapes, counts. */
    void equal(String check, Object expected, Object actual) {
        boolean equal = Objects.equals(expected, actual);
        rows.add(new Row(check, equal ? 0 : Double.NaN, 0, "expected <" + expected + ">, was <" + actual + ">"));
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }
}
