package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.callbacks.CallbackParams;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.ProgbarLogger;
import io.covey.trainer.callbacks.Semantics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Keras prints in fit, evaluate and predict. The metrics and the times are taken from the recorded lines: a clock is set
 * so that the bar must arrive at the recorded times, and the whole text is compared.
 */
final class PrintedOutput {
    private static final double SECOND_NS = 1e9;
    private static final Pattern EPOCH = Pattern.compile("Epoch (\\d+)/(\\d+)");
    private static final Pattern LINE = Pattern.compile("^ *(\\d+)/(\\d+|Unknown)(.*)$");
    private static final Pattern PER_STEP = Pattern.compile("(\\d+)(s|ms|us)/step");
    private static final Pattern ELAPSED = Pattern.compile("(?<![\\d:])(\\d+)s(?!/)");
    private static final Pattern ETA = Pattern.compile("ETA: (\\d+(?::\\d+)*)");
    private static final Pattern METRIC = Pattern.compile(" - (\\w+): ([-+.\\deE]+|nan|inf|-inf)(?= -|\\s*$)");

    private final GoldenCase golden;
    private final Checks checks;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private ProgbarLogger logger;
    private long nowNs;
    private long startNs;
    private long firstStepNs;
    private int passesAfterFit;
    private boolean inEpoch;
    private long steps;
    private long drawnStep;
    private boolean firstStepSeen;

    PrintedOutput(GoldenCase golden, Checks checks) {
        this.golden = golden;
        this.checks = checks;
    }

    void verify() {
        golden.skip("note");
        for (JsonNode output : golden.get("outputs")) {
            int keras = output.get("keras").asInt();
            int verbose = output.get("verbose").asInt();
            String expected = output.get("stdout").asText();
            bytes.reset();
            logger = Callbacks.progbarLogger()
                    .verbose(verbose)
                    .semantics(keras == 2 ? Semantics.KERAS2 : Semantics.KERAS3)
                    .out(new PrintStream(bytes, true, StandardCharsets.UTF_8))
                    .nanoClock(() -> nowNs);
            replay(expected, verbose);
            checks.equal(
                    "keras " + keras + " verbose " + verbose + " validation " + output.get("validation"),
                    expected,
                    bytes.toString(StandardCharsets.UTF_8));
        }
    }

    private void replay(String text, int verbose) {
        passesAfterFit = 0;
        inEpoch = false;
        logger.onTrainBegin(null);
        if (verbose == 0) {
            // Nothing may be printed whatever happens.
            beginEpoch(0, 2, 5);
            endPass(Map.of());
            return;
        }
        if (!EPOCH.matcher(text).find()) {
            // The only epoch of a fit has no head.
            inEpoch = true;
            beginEpoch(0, 1, target(text, ""));
        }
        for (String printedLine : text.split("\n", -1)) {
            Matcher epoch = EPOCH.matcher(printedLine);
            if (epoch.matches()) {
                inEpoch = true;
                beginEpoch(
                        Integer.parseInt(epoch.group(1)) - 1,
                        Integer.parseInt(epoch.group(2)),
                        target(text, printedLine));
            } else if (!printedLine.isEmpty()) {
                pass(printedLine, verbose);
            }
        }
    }

    /** The number of steps in the line after an epoch's head. */
    private static long target(String text, String head) {
        Matcher count = Pattern.compile("(\\d+)/(\\d+|Unknown)").matcher(text);
        count.find(text.indexOf(head) + head.length());
        return steps(count.group(2));
    }

    private static long steps(String printed) {
        return printed.equals("Unknown") ? CallbackParams.UNKNOWN : Long.parseLong(printed);
    }

    private void beginEpoch(int epoch, int epochs, long newSteps) {
        startPass();
        steps = newSteps;
        logger.setParams(new CallbackParams(epochs, steps));
        logger.onEpochBegin(epoch);
    }

    private void startPass() {
        nowNs += 1_000_000_000L;
        startNs = nowNs;
        firstStepSeen = false;
    }

    /** One pass over the data: its bar may have been drawn several times. */
    private void pass(String line, int verbose) {
        String plain = line.replaceAll("\u001b\\[\\d+m", "");
        String[] drawn = plain.split("[\b]*\r", -1);
        if (!inEpoch) {
            passesAfterFit++;
            if (passesAfterFit == 1) {
                logger.onTrainEnd(Map.of());
            }
            startPass();
            steps = target(plain, "");
            logger.setParams(new CallbackParams(1, steps));
            if (passesAfterFit == 1) {
                logger.onTestBegin();
            } else {
                logger.onPredictBegin();
            }
        }
        for (int i = 0; i < drawn.length; i++) {
            if (!drawn[i].isEmpty()) {
                draw(drawn[i], i == drawn.length - 1, verbose);
            }
        }
        inEpoch = false;
    }

    /** The bar draws few steps, but must have heard of the last one to know how many there were. */
    private void countUpTo(long step) {
        if (steps == CallbackParams.UNKNOWN && step > drawnStep) {
            endBatch(step - 1, Map.of());
        }
    }

    private void draw(String bar, boolean last, int verbose) {
        Matcher line = LINE.matcher(bar);
        if (!line.matches()) {
            throw new IllegalArgumentException("not a progress line: " + bar);
        }
        long step = Long.parseLong(line.group(1));
        Map<String, Double> metrics = new LinkedHashMap<>();
        Matcher metric = METRIC.matcher(line.group(3));
        while (metric.find()) {
            metrics.put(metric.group(1), number(metric.group(2)));
        }
        if (last) {
            countUpTo(step);
        }
        drawnStep = step;
        nowNs = timeOf(line.group(3), step, last, steps(line.group(2)));
        if (step == 1 && !firstStepSeen && verbose == 1) {
            firstStepSeen = true;
            firstStepNs = nowNs;
        }
        if (last) {
            if (bar.contains("Unknown")) {
                throw new IllegalArgumentException("a pass ends without its number of steps: " + bar);
            }
            endPass(metrics);
            steps = 0;
        } else {
            endBatch(step - 1, metrics);
        }
    }

    private void endBatch(long batch, Map<String, Double> metrics) {
        if (inEpoch) {
            logger.onTrainBatchEnd(batch, metrics);
        } else if (passesAfterFit == 1) {
            logger.onTestBatchEnd(batch, metrics);
        } else {
            logger.onPredictBatchEnd(batch, Map.of());
        }
    }

    private void endPass(Map<String, Double> metrics) {
        if (inEpoch || passesAfterFit == 0) {
            logger.onEpochEnd(0, metrics);
        } else if (passesAfterFit == 1) {
            logger.onTestEnd(metrics);
        } else {
            logger.onPredictEnd();
        }
    }

    /** A time at which the bar shows what was recorded. */
    private long timeOf(String info, long step, boolean last, long target) {
        Matcher perStep = PER_STEP.matcher(info);
        boolean afterFirst = firstStepSeen && step > 1;
        if (perStep.find()) {
            double unit =
                    switch (perStep.group(2)) {
                        case "s" -> 1;
                        case "ms" -> 1e-3;
                        default -> 1e-6;
                    };
            double seconds = Integer.parseInt(perStep.group(1)) * unit;
            // The bar rounds both times; the one of a step decides, moved within its rounding to what the other one
            // shows.
            Matcher elapsed = ELAPSED.matcher(info);
            long origin = afterFirst ? firstStepNs : startNs;
            long steps = afterFirst ? step - 1 : step;
            double best = (double) origin + seconds * steps * SECOND_NS;
            if ((last || target == CallbackParams.UNKNOWN) && elapsed.find()) {
                double wanted = Integer.parseInt(elapsed.group(1));
                double low = origin + (seconds - unit * 0.49) * steps * SECOND_NS;
                double high = origin + (seconds + unit * 0.49) * steps * SECOND_NS;
                double lowest = startNs + Math.max(0, wanted - 0.49) * SECOND_NS;
                double highest = startNs + (wanted + 0.49) * SECOND_NS;
                return Math.round(Math.max(Math.max(low, lowest), Math.min(best, Math.min(high, highest))));
            }
            return Math.round(best);
        }
        Matcher eta = ETA.matcher(info);
        if (eta.find()) {
            // Keras cuts off the fraction of the time that is left.
            double left = eta(eta) + 0.1;
            return step == target ? nowNs : startNs + Math.round(left * (double) step / (target - step) * SECOND_NS);
        }
        Matcher elapsed = ELAPSED.matcher(info);
        return elapsed.find() ? startNs + Math.round(Integer.parseInt(elapsed.group(1)) * SECOND_NS) : nowNs;
    }

    private static int eta(Matcher eta) {
        String text = eta.group(1);
        int seconds = 0;
        for (String part : text.split(":", -1)) {
            seconds = 60 * seconds + Integer.parseInt(part);
        }
        return seconds;
    }

    private static double number(String text) {
        return switch (text) {
            case "nan" -> Double.NaN;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }
}
