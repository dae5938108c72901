package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.callbacks.CallbackParams;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.ProgbarLogger;
import io.covey.trainer.callbacks.Semantics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Keras prints in fit, evaluate and predict. The metrics and the times are taken from the recorded lines: a clock is set
 * so that the bar must arrive at the recorded times, see {@link ReplayClock}, and the whole text is compared.
 */
final class PrintedOutput {
    private static final Pattern EPOCH = Pattern.compile("Epoch (\\d+)/(\\d+)");

    private final GoldenCase golden;
    private final Checks checks;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private ProgbarLogger logger;
    private long nowNs;
    private long startNs;
    private int passesAfterFit;
    private boolean inEpoch;
    private long steps;
    private long drawnStep;

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
        List<PrintedBar> bars = new ArrayList<>();
        for (int i = 0; i < drawn.length; i++) {
            if (!drawn[i].isEmpty()) {
                bars.add(PrintedBar.of(drawn[i], i == drawn.length - 1));
            }
        }
        long[] times = ReplayClock.times(bars, verbose);
        for (int i = 0; i < times.length; i++) {
            PrintedBar bar = bars.get(i);
            if (bar.isLast()) {
                countUpTo(bar.step());
            }
            nowNs = startNs + times[i];
            draw(bar);
        }
        inEpoch = false;
    }

    /** The bar must have heard of the last step to know how many there were, too soon after the one before to be drawn. */
    private void countUpTo(long step) {
        if (steps == CallbackParams.UNKNOWN && step > drawnStep) {
            endBatch(step - 1, Map.of());
        }
    }

    private void draw(PrintedBar bar) {
        if (bar.isLast()) {
            endPass(bar.metrics());
            steps = 0;
        } else {
            endBatch(bar.step() - 1, bar.metrics());
        }
        drawnStep = bar.step();
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
}
