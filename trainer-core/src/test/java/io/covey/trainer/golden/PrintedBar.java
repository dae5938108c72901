package io.covey.trainer.golden;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Keras' progress bar shows at one moment.
 *
 * @param step steps done
 * @param target steps of the pass; 0 if the bar does not know
 * @param isLast whether the pass ends here
 * @param info the text after the steps
 */
record PrintedBar(long step, long target, boolean isLast, String info) {
    private static final double SECOND_NS = 1e9;
    private static final double SHOWN_PLAINLY = 1e-3;

    private static final Pattern LINE = Pattern.compile("^ *(\\d+)/(\\d+|Unknown)(.*)$");
    private static final Pattern METRIC = Pattern.compile(" - ([^:\\s]+): ([-+.\\deE]+|nan|inf|-inf)(?= -|\\s*$)");
    private static final Pattern PER_STEP = Pattern.compile(" (\\d+)(s|ms|us)/step");
    private static final Pattern TIME =
            Pattern.compile("^[-\\s\\[\\]=>.━]*(?:ETA: )?(?:(\\d+)|([\\d:]+:)(\\d+))s?(?=\\s|$)");

    /** Times in nanoseconds, both ends included. */
    record Range(double low, double high) {
        Range times(double factor) {
            return new Range(low * factor, high * factor);
        }
    }

    static PrintedBar of(String plainText, boolean isLast) {
        Matcher line = LINE.matcher(plainText);
        if (!line.matches()) {
            throw new IllegalArgumentException("not a progress line: " + plainText);
        }
        boolean isUnknown = line.group(2).equals("Unknown");
        if (isLast && isUnknown) {
            throw new IllegalArgumentException("a pass ends without its number of steps: " + plainText);
        }
        return new PrintedBar(
                Long.parseLong(line.group(1)), isUnknown ? 0 : Long.parseLong(line.group(2)), isLast, line.group(3));
    }

    Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        Matcher metric = METRIC.matcher(info);
        while (metric.find()) {
            metrics.put(metric.group(1), number(metric.group(2)));
        }
        return metrics;
    }

    /** A number that is printed so. */
    private static double number(String text) {
        return switch (text) {
            case "nan" -> Double.NaN;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> {
                double value = Double.parseDouble(text);
                // 0.0010 is what it was rounded to: Keras prints no smaller number without an exponent.
                boolean isRounded = !text.contains("e") && Math.abs(value) <= SHOWN_PLAINLY;
                yield isRounded ? Math.copySign(Math.nextUp(SHOWN_PLAINLY), value) : value;
            }
        };
    }

    /** What a step may have taken; null where the bar does not say. */
    Range perStep() {
        Matcher matcher = PER_STEP.matcher(info);
        if (matcher.find()) {
            return switch (matcher.group(2)) {
                case "s" -> matcher.group(1).equals("0") ? new Range(0, 0) : rounded(matcher, SECOND_NS, 1e15);
                case "ms" -> rounded(matcher, SECOND_NS / 1000, SECOND_NS);
                default -> rounded(matcher, SECOND_NS / 1_000_000, SECOND_NS / 1000.0);
            };
        }
        Range left = isLast || target == 0 || target == step ? null : time(1);
        return left == null ? null : left.times(1.0 / (double) (target - step));
    }

    private static Range rounded(Matcher matcher, double unitNs, double endNs) {
        double value = Double.parseDouble(matcher.group(1));
        double least = unitNs == SECOND_NS / 1_000_000 ? 0 : unitNs;
        return new Range(Math.max(least, (value - 0.5) * unitNs), Math.min(endNs, (value + 0.5) * unitNs));
    }

    /** What may be left of the pass by the recorded rate, where the bar says so beside the rate; else null. */
    Range left() {
        boolean isShown = !isLast && target > step && PER_STEP.matcher(info).find();
        return isShown ? time(1) : null;
    }

    /** How long the pass may have taken so far; null where the bar does not say. */
    Range elapsed() {
        return isLast || target == 0 ? time(0) : null;
    }

    /** @param cutOff 1 if the fraction of a second was cut off, 0 if the time was rounded */
    private Range time(int cutOff) {
        Matcher matcher = TIME.matcher(info);
        if (!matcher.find()) {
            return null;
        }
        String text = matcher.group(1) != null ? matcher.group(1) : matcher.group(2) + matcher.group(3);
        long seconds = 0;
        for (String part : text.split(":", -1)) {
            seconds = 60 * seconds + Long.parseLong(part);
        }
        return cutOff == 1
                ? new Range((double) seconds * SECOND_NS, (seconds + 1.0) * SECOND_NS)
                : new Range(Math.max(0, seconds - 0.5) * SECOND_NS, (seconds + 0.5) * SECOND_NS);
    }
}
