package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.FitResult;
import io.covey.trainer.training.LinearBackend;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class CallbacksTest {
    private static String refusal(String name, Map<String, ?> config) {
        CoveyException e = assertThrows(CoveyException.class, () -> Callbacks.of(name, config));
        assertEquals(CoveyException.Category.CALLER, e.category());
        return e.getMessage();
    }

    @Test
    void shouldMakeTheCallbackWhenGivenItsNameAndArguments() {
        assertInstanceOf(
                EarlyStopping.class,
                Callbacks.of("early_stopping", Map.of("monitor", "loss", "patience", 5, "mode", "min")));
        assertInstanceOf(CsvLogger.class, Callbacks.of("csv_logger", Map.of("filename", "log.csv")));
        assertInstanceOf(TensorBoard.class, Callbacks.of("tensor_board", Map.of("update_freq", "batch")));
    }

    @Test
    void shouldSayWhatWasMeantWhenANameIsNotKnown() {
        assertEquals(
                "callback early_stoping is not known; did you mean early_stopping?",
                refusal("early_stoping", Map.of()));
        assertEquals(
                "callback early_stopping has no argument pateince; did you mean patience?",
                refusal("early_stopping", Map.of("pateince", 5)));
    }

    @Test
    void shouldKnowKerasClassNamesAndSayWhyOthersAreNotMadeByName() {
        assertTrue(Callbacks.of("EarlyStopping", Map.of()) instanceof EarlyStopping);
        assertTrue(Callbacks.of("ReduceLROnPlateau", Map.of()) instanceof ReduceLrOnPlateau);
        assertEquals(
                "callback LambdaCallback is not made by its name: functions cannot be named: use Callbacks.lambda() in"
                        + " Java",
                refusal("LambdaCallback", Map.of()));
        assertTrue(refusal("tensor_board", Map.of("embeddings_freq", 1)).contains("embeddings_freq is 1"));
    }

    @Test
    void shouldMakeTheUsersOwnCallbackWhenAProviderKnowsIt() {
        StepCounter counter = assertInstanceOf(StepCounter.class, Callbacks.of("step_counter", Map.of("start", 3)));
        TrainingSpec spec = LinearBackend.spec(8, 0, 4, 0.01);
        new TrainingLoop(new LinearBackend(spec), spec, FitOptions.of(2, null), List.of(counter)).fit();

        assertEquals(3 + 2 * 2, counter.count);
        assertInstanceOf(StepCounter.class, Callbacks.of("StepCounter", Map.of()));
        assertEquals("callback step_countr is not known; did you mean StepCounter?", refusal("step_countr", Map.of()));
        assertTrue(refusal("step_counter", Map.of("strat", 3)).contains("strat"));
        assertTrue(refusal("step_counter", Map.of("start", "three")).contains("three"));
    }

    /** Makes {@link StepCounter} known. */
    public static final class Provider implements CallbackProvider {
        @Override
        public void register(Registry registry) {
            registry.register("StepCounter", (arguments, io) -> new StepCounter(arguments.integer("start", 0)));
        }
    }

    private static final class StepCounter implements Callback {
        private int count;

        private StepCounter(int start) {
            count = start;
        }

        @Override
        public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
            count++;
        }
    }

    @Test
    void shouldSetTheRateOfEachEpochWhenASchedulerHasASchedule() {
        Map<String, Object> decay =
                Map.of("exponential_decay", Map.of("initial_learning_rate", 0.5, "decay_steps", 1, "decay_rate", 0.5));
        Callback scheduler = Callbacks.of("learning_rate_scheduler", Map.of("schedule", decay));
        TrainingSpec spec = LinearBackend.spec(8, 0, 4, 0.01);
        FitResult result =
                new TrainingLoop(new LinearBackend(spec), spec, FitOptions.of(3, null), List.of(scheduler)).fit();
        assertEquals(List.of(0.5, 0.25, 0.125), result.history().metrics().get("learning_rate"));
        assertTrue(refusal("learning_rate_scheduler", Map.of("schedule", "f")).contains("decay_steps: 1"));
    }

    @Test
    void shouldSayHowKerasFilesAreNamedWhenThePathHasAnotherOfItsEndings() {
        assertTrue(refusal("model_checkpoint", Map.of("filepath", "best.weights.h5"))
                .contains("set save_weights_only"));
        assertTrue(refusal("model_checkpoint", Map.of("filepath", "best.keras", "save_weights_only", true))
                .contains("must end in `.weights.h5`"));
        Callback callback = Callbacks.of("model_checkpoint", Map.of("filepath", "m.{epoch:02d}-{val_loss:.2f}"));
        assertEquals(Set.of("val_loss"), callback.requiredLogs());
    }

    @Test
    void shouldRefuseANegativeFrequencyBeforeTrainingBegins() {
        List<Callback> wrong = List.of(
                Callbacks.modelCheckpoint("m.keras").saveFreq(-3),
                Callbacks.backupAndRestore("backup").saveFreq(-3));
        for (Callback callback : wrong) {
            assertEquals(
                    callback.getClass().getSimpleName()
                            + ": save_freq is -3, it must be 'epoch' or a number of batches of at least 1",
                    assertThrows(CoveyException.class, callback::check).getMessage());
        }
    }

    @Test
    void shouldNameTheValueWhenItIsNotAllowed() {
        assertTrue(refusal("early_stopping", Map.of("patience", -1)).contains("patience is -1"));
        assertTrue(refusal("model_checkpoint", Map.of()).contains("filepath"));
        assertTrue(refusal("model_checkpoint", Map.of("filepath", "m", "save_freq", "batch"))
                .contains("save_freq: batch"));
        assertTrue(refusal("csv_logger", Map.of("filename", "f", "semantics", "keras4"))
                .contains("keras3 or keras2"));
        assertTrue(refusal("tensor_board", Map.of("profile_batch", 2)).contains("profile_batch is 2"));
    }
}
