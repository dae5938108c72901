package io.covey.trainer.callbacks;

import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.keras.WeightArray;
import io.covey.trainer.metrics.Direction;
import io.covey.trainer.training.CheckpointNames;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class ProgressPrinterTest {
    private static final long MS = 1_000_000L;
    private static final String EQUALS_30 = "=".repeat(30);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Epoch training = new Epoch();
    private long nowNs = 77;

    private ProgressPrinter printer(boolean terminal, int width) {
        PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        return new ProgressPrinter(out, terminal, width, () -> nowNs);
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** One epoch of 1719 steps of 32 samples, {@code stepNs} each, then a second of validation. */
    private void epoch(ProgressPrinter printer, long stepNs, long from) {
        training.stepsDone = from;
        printer.onTrainBegin(training);
        printer.onEpochBegin(2);
        for (long batch = from; batch < training.steps(); batch++) {
            nowNs += stepNs;
            training.stepsDone = batch + 1;
            if (printer.hearsBatches()) {
                printer.onTrainBatchEnd(batch, Map.of("loss", 0.21034, "accuracy", 0.93911));
            }
        }
        printer.onTestBegin();
        nowNs += 1000 * MS;
        printer.onEpochEnd(2, Map.of("loss", 0.2103, "accuracy", 0.9391, "val_loss", 0.0001, "val_accuracy", 1.0));
    }

    @Test
    void shouldPrintOnePlainLineWhenNotOnATerminal() {
        epoch(printer(false, 80), MS, 0);
        assertEquals(
                "Epoch 3/10  1719/1719  3s  loss: 0.2103  accuracy: 0.9391  val_loss: 1.0000e-04  val_accuracy: 1.0000"
                        + "  32,000 samples/s\n",
                printed());
    }

    @Test
    void shouldRewriteOneLineTenTimesASecondWhenOnATerminal() {
        epoch(printer(true, 200), MS, 0);
        List<String> drawn = Arrays.asList(printed().split("\r", -1));
        assertEquals("", drawn.get(0));
        assertEquals(
                "Epoch 3/10     1/1719 [>" + ".".repeat(29)
                        + "] 0s  loss: 0.2103  accuracy: 0.9391  32,000 samples/s  2s left",
                drawn.get(1));
        // Nothing, 18 times the live line in 1.719 s, the final one.
        assertEquals(1 + 18 + 1, drawn.size());
        assertTrue(
                drawn.get(10).startsWith("Epoch 3/10   901/1719 [" + "=".repeat(15) + ">" + ".".repeat(14) + "] 1s  "));
        assertEquals(
                "Epoch 3/10  1719/1719 [" + EQUALS_30
                        + "] 3s  loss: 0.2103  accuracy: 0.9391  val_loss: 1.0000e-04  val_accuracy: 1.0000"
                        + "  32,000 samples/s\n",
                drawn.get(19));
    }

    @Test
    void shouldCountFromTheResumedStepWhenTheEpochIsNotWhole() {
        epoch(printer(true, 200), 100 * MS, 1709);
        List<String> drawn = Arrays.asList(printed().split("\r", -1));
        assertTrue(drawn.get(1).contains("1710/1719") && drawn.get(1).endsWith("320 samples/s  1s left"), drawn.get(1));
        assertTrue(drawn.get(drawn.size() - 1).stripTrailing().endsWith("320 samples/s"));
    }

    @Test
    void shouldShortenTheBarAndThenTheLineWhenTheTerminalIsNarrow() {
        for (int width : List.of(120, 100, 80, 20)) {
            bytes.reset();
            ProgressPrinter printer = printer(true, width);
            epoch(printer, MS, 0);
            String[] drawn = printed().split("\r", -1);
            for (int i = 1; i < drawn.length - 1; i++) {
                assertTrue(drawn[i].length() < width, drawn[i]);
            }
            assertEquals(width >= 100, drawn[1].contains("["), drawn[1]);
        }
    }

    @Test
    void shouldEraseWhatIsLeftOverWhenALineIsShorterThanTheOneBefore() {
        ProgressPrinter printer = printer(true, 200);
        training.stepsDone = 0;
        printer.onTrainBegin(training);
        printer.onEpochBegin(0);
        nowNs += 3_700_000 * MS;
        training.stepsDone = 1;
        printer.onTrainBatchEnd(0, Map.of("loss", 123456.0));
        training.stepsDone = training.steps();
        printer.onEpochEnd(0, Map.of("loss", 1.0));
        String[] drawn = printed().split("\r", -1);
        assertTrue(drawn[1].contains("] 1h 01m  loss: 123456.0000  0 samples/s  1765h"), drawn[1]);
        assertEquals(drawn[1].length(), drawn[2].length() - 1);
    }

    @Test
    void shouldEndTheOpenLineWhenTheRunBreaksOff() {
        ProgressPrinter printer = printer(true, 200);
        training.stepsDone = 0;
        printer.onTrainBegin(training);
        printer.onEpochBegin(0);
        nowNs += 65_000 * MS;
        training.stepsDone = 1;
        printer.onTrainBatchEnd(0, Map.of("loss", Double.NaN));
        printer.close();
        printer.close();
        assertTrue(printed().contains("] 1m 05s  loss: NaN  0 samples/s"), printed());
        assertTrue(printed().endsWith("left\n"), printed());
    }

    private static final class Epoch implements Training {
        private long stepsDone;

        @Override
        public int epochs() {
            return 10;
        }

        @Override
        public long steps() {
            return 1719;
        }

        @Override
        public long stepsDone() {
            return stepsDone;
        }

        @Override
        public long samplesDone() {
            return 32 * stepsDone;
        }

        @Override
        public double learningRate() {
            return 0.01;
        }

        @Override
        public void setLearningRate(double learningRate) {}

        @Override
        public void stopTraining() {}

        @Override
        public long iterations() {
            return stepsDone;
        }

        @Override
        public boolean isStopping() {
            return false;
        }

        @Override
        public void requestCheckpoint(CheckpointNames names) {
            throw new UnsupportedOperationException("requestCheckpoint");
        }

        @Override
        public boolean isInterrupted() {
            return false;
        }

        @Override
        public Map<String, Direction> metricDirections() {
            return Map.of();
        }

        @Override
        public String modelName() {
            return "sequential";
        }

        @Override
        public List<WeightArray> weights() {
            return List.of();
        }

        @Override
        public WeightsSnapshot snapshotWeights() {
            throw new AssertionError("a printer needs no weights");
        }

        @Override
        public void restoreWeights(WeightsSnapshot snapshot) {}

        @Override
        public WeightsSnapshot decodeWeights(String encoded) {
            throw new AssertionError("a printer needs no weights");
        }

        @Override
        public void saveWeights(FileStore files, String path) {}

        @Override
        public void saveModel(FileStore files, String path) {}

        @Override
        public Optional<String> modelJson() {
            return Optional.empty();
        }
    }
}
