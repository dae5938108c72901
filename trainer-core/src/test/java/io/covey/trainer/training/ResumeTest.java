package io.covey.trainer.training;

import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.CsvLogger;
import io.covey.trainer.callbacks.MemoryFileStore;
import io.covey.trainer.callbacks.Semantics;
import io.covey.trainer.callbacks.Training;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.training.CheckpointOptions.Unit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class ResumeTest {
    private static final int EPOCHS = 3;
    private static final int STEPS = 5;
    private static final String CSV = "history.csv";

    private int stepsPerEpoch;
    private Semantics semantics = Semantics.KERAS3;
    private final TrainingSpec spec = LinearBackend.spec(18, 7, 4, 0.01);

    @Test
    void shouldGiveTheUninterruptedRunWhenResumedFromAnyStep() throws IOException {
        resumeFromAnyStep();
    }

    @Test
    void shouldGiveTheUninterruptedRunWhenEpochsReachIntoTheNextPass() throws IOException {
        stepsPerEpoch = STEPS - 2;
        semantics = Semantics.KERAS2;
        resumeFromAnyStep();
    }

    @Test
    void shouldGiveTheUninterruptedRunWhenTheDataHadEnded() throws IOException {
        // The first epoch takes all the data, and the second one none: each leaves a checkpoint at the same step.
        stepsPerEpoch = EPOCHS * STEPS;
        semantics = Semantics.KERAS2;
        Run whole = new Run(new MemoryFileStore());
        FitResult wholeResult = whole.fit(null);
        assertEquals(List.of(0, 1), wholeResult.history().epochs());

        List<Integer> epochs = new ArrayList<>();
        for (Map.Entry<String, TrainingState> checkpoint :
                whole.backend.states().entrySet()) {
            if (checkpoint.getValue().step() == stepsPerEpoch) {
                epochs.add(checkpoint.getValue().epoch());
                Run resumed = new Run(whole.files);
                resumed.backend.restore(whole.backend, checkpoint.getKey());
                FitResult result = resumed.fit(checkpoint.getValue());
                assertEquals(wholeResult.history().metrics(), result.history().metrics());
                assertEquals(wholeResult.history().epochs(), result.history().epochs());
                assertEquals(whole.csv(), resumed.csv());
            }
        }
        assertEquals(List.of(1, 2), epochs);
    }

    private void resumeFromAnyStep() throws IOException {
        int steps = EPOCHS * (stepsPerEpoch == 0 ? STEPS : stepsPerEpoch);
        Run whole = new Run(new MemoryFileStore());
        FitResult wholeResult = whole.fit(null);
        assertEquals(steps, whole.backend.states().size());
        assertNotEquals(whole.decay.rates.get(0), whole.decay.rates.get(1));

        for (Map.Entry<String, TrainingState> checkpoint :
                whole.backend.states().entrySet()) {
            TrainingState state = checkpoint.getValue();
            // The file of the whole run: it has rows that come after the checkpoint.
            Run resumed = new Run(whole.files);
            resumed.backend.restore(whole.backend, checkpoint.getKey());
            FitResult result = resumed.fit(state);

            String at = "resumed from step " + state.step();
            assertEquals(wholeResult.history().metrics(), result.history().metrics(), at);
            assertEquals(wholeResult.history().epochs(), result.history().epochs(), at);
            assertEquals(whole.backend.weightsSha256(), resumed.backend.weightsSha256(), at);
            assertEquals(whole.csv(), resumed.csv(), at);
            assertEquals(whole.decay.batches.subList((int) state.step(), steps), resumed.decay.batches, at);
            for (Map.Entry<String, TrainingState> later :
                    resumed.backend.states().entrySet()) {
                int index = Integer.parseInt(later.getKey().substring("ckpt-".length()));
                TrainingState same =
                        List.copyOf(whole.backend.states().values()).get((int) state.step() + index);
                assertEquals(same.step(), later.getValue().step(), at);
                assertEquals(same.callbackStates(), later.getValue().callbackStates(), at);
                assertEquals(
                        same.epochMetrics().toString(),
                        later.getValue().epochMetrics().toString(),
                        at);
            }
        }
    }

    @Test
    void shouldGiveTheUninterruptedRunWhenStoppedAgainAndAgain() throws IOException {
        Run whole = new Run(new MemoryFileStore());
        FitResult expected = whole.fit(null);

        MemoryFileStore files = new MemoryFileStore();
        Run run = new Run(files);
        run.decay.stopAfterBatches = 2;
        FitResult result = run.fit(null);
        int runs = 1;
        while (result.interrupted()) {
            Run next = new Run(files);
            next.decay.stopAfterBatches = 2;
            next.backend.restore(run.backend, result.checkpointPrefix());
            result = next.fit(run.backend.states().get(result.checkpointPrefix()));
            run = next;
            runs++;
        }
        assertTrue(runs > EPOCHS * STEPS / 3, runs + " runs");
        assertEquals(expected.history().metrics(), result.history().metrics());
        assertEquals(whole.backend.weightsSha256(), run.backend.weightsSha256());
        assertEquals(whole.csv(), run.csv());
    }

    /** One process: its own backend and callbacks, files that outlive it. */
    private final class Run {
        private final LinearBackend backend = new LinearBackend(spec);
        private final Decay decay = new Decay();
        private final MemoryFileStore files;

        private Run(MemoryFileStore files) {
            this.files = files;
        }

        private FitResult fit(TrainingState state) {
            FitOptions options = FitOptions.of(EPOCHS, new CheckpointLog().every(1, Unit.STEPS))
                    .stepsPerEpoch(stepsPerEpoch)
                    .semantics(semantics);
            TrainingLoop loop =
                    new TrainingLoop(backend, spec, options, List.of(new CsvLogger(files, CSV, ',', false), decay));
            decay.stop = loop::requestStop;
            return loop.fit(state);
        }

        private String csv() throws IOException {
            try (FileStore.Input input = files.open(CSV)) {
                byte[] bytes = new byte[(int) input.length()];
                input.readFully(0, bytes, 0, bytes.length);
                return new String(bytes, StandardCharsets.UTF_8);
            }
        }
    }

    /** Multiplies the learning rate in each epoch's begin, and again after its third batch, and remembers how often. */
    private static final class Decay implements Callback {
        private final List<Map<String, Double>> batches = new ArrayList<>();
        private final List<Double> rates = new ArrayList<>();
        private Training training;
        private int decays;
        private int stopAfterBatches = Integer.MAX_VALUE;
        private Runnable stop;

        private void decay() {
            decays++;
            training.setLearningRate(training.learningRate() * (1 - 0.1 / decays));
        }

        @Override
        public void onTrainBegin(Training newTraining) {
            training = newTraining;
            decays = 0;
        }

        @Override
        public void onEpochBegin(int epoch) {
            decay();
            rates.add(training.learningRate());
        }

        @Override
        public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
            batches.add(logs);
            if (batch == 2) {
                decay();
            }
            if (batches.size() >= stopAfterBatches) {
                stop.run();
            }
        }

        @Override
        public Map<String, String> state() {
            return Map.of("decays", Integer.toString(decays));
        }

        @Override
        public void restore(Map<String, String> state) {
            decays = Integer.parseInt(state.get("decays"));
        }
    }
}
