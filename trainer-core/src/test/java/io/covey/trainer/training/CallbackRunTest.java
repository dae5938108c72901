package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.EarlyStopping;
import io.covey.trainer.callbacks.LearningRateScheduler;
import io.covey.trainer.callbacks.Mode;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Direction;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.training.CheckpointOptions.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Callbacks in real runs: what they change, and what a resume gives back to them. */
@Timeout(60)
class CallbackRunTest {
    private static final int EPOCHS = 6;

    private final TrainingSpec spec = LinearBackend.spec(18, 7, 4, 0.01);

    private static FitResult fit(LinearBackend backend, TrainingSpec spec, FitOptions options, Callback... callbacks) {
        return new TrainingLoop(backend, spec, options, List.of(callbacks)).fit();
    }

    @Test
    void shouldRefuseTheRunWhenAMonitorCanNeverAppear() {
        EarlyStopping stopping = Callbacks.earlyStopping().monitor("val_los").mode(Mode.MIN);
        CoveyException e = assertThrows(
                CoveyException.class, () -> fit(new LinearBackend(spec), spec, FitOptions.of(1, null), stopping));
        assertEquals(
                "callback EarlyStopping monitors val_los, which the logs of this run never have; available are: accuracy,"
                        + " loss, val_accuracy, val_loss",
                e.getMessage());
        assertEquals(CoveyException.Category.CALLER, e.category());
    }

    @Test
    void shouldNameTheMissingDataWhenAMonitorNeedsValidation() {
        TrainingSpec noValidation = LinearBackend.spec(18, 0, 4, 0.01);
        CoveyException e = assertThrows(
                CoveyException.class,
                () -> fit(
                        new LinearBackend(noValidation),
                        noValidation,
                        FitOptions.of(1, null),
                        Callbacks.earlyStopping()));
        assertTrue(e.getMessage().contains("never have without validation data"), e.getMessage());
    }

    @Test
    void shouldAcceptAMonitorWhenAnotherCallbackAddsIt() {
        LearningRateScheduler scheduler = Callbacks.learningRateScheduler((epoch, rate) -> rate / 2);
        EarlyStopping stopping =
                Callbacks.earlyStopping().monitor("learning_rate").mode(Mode.MIN);
        FitResult result = fit(new LinearBackend(spec), spec, FitOptions.of(2, null), scheduler, stopping);
        assertEquals(2, result.history().metrics().get("learning_rate").size());
    }

    @Test
    void shouldTakeTheDirectionOfTheModelsMetricWhenModeIsAuto() {
        TrainingSpec renamed = new TrainingSpec(
                spec.model(),
                CompileOptions.of(
                        Losses.sparseCategoricalCrossentropy(),
                        Metrics.of("accuracy").named("hits"),
                        Metrics.of("mae").named("misses"),
                        Metrics.of("true_positives").named("counts")),
                spec.optimizer(),
                1f,
                spec.train(),
                spec.validation(),
                null,
                7);
        Map<String, Direction> directions = renamed.compile().metricDirections();
        assertEquals(Map.of("hits", Direction.UP, "misses", Direction.DOWN), directions);

        EarlyStopping stopping = Callbacks.earlyStopping().monitor("val_counts").patience(1);
        CoveyException e = assertThrows(
                CoveyException.class, () -> TrainingLoop.check(renamed, FitOptions.of(1, null), List.of(stopping)));
        assertTrue(e.getMessage().contains("monitor=val_counts, but Keras isn't able"), e.getMessage());
        assertThrows(
                CoveyException.class,
                () -> TrainingLoop.check(
                        renamed,
                        FitOptions.of(1, null),
                        List.of(Callbacks.modelCheckpoint("x.keras")
                                .monitor("counts")
                                .saveBestOnly(true))));
        TrainingLoop.check(
                renamed,
                FitOptions.of(1, null),
                List.of(Callbacks.modelCheckpoint("x.keras").monitor("counts")));

        EarlyStopping known = Callbacks.earlyStopping().monitor("val_accuracy");
        assertEquals(Map.of("accuracy", Direction.UP), spec.compile().metricDirections());
        fit(new LinearBackend(spec), spec, FitOptions.of(1, null), known);
        assertEquals(0, known.bestEpoch());
    }

    @Test
    void shouldEndTheRunWithTheExceptionWhenACallbackThrows() {
        IllegalStateException thrown = new IllegalStateException("mine");
        Callback callback = Callbacks.lambda().onEpochEnd((epoch, logs) -> {
            throw thrown;
        });
        assertSame(
                thrown,
                assertThrows(
                        IllegalStateException.class,
                        () -> fit(new LinearBackend(spec), spec, FitOptions.of(2, null), callback)));
    }

    @Test
    void shouldCheckpointTheBestWeightsWhenTheyArePutBackAtTheEnd() {
        LinearBackend backend = new LinearBackend(spec);
        List<Double> weights = new ArrayList<>();
        Callback recorder = Callbacks.lambda().onEpochEnd((epoch, logs) -> weights.add(backend.weight()));
        FitResult result = fit(
                backend, spec, FitOptions.of(EPOCHS, new CheckpointLog().every(1, Unit.EPOCHS)), recorder, worsening());
        assertEquals(weights.get(0), backend.weight());
        assertNotEquals(weights.get(weights.size() - 1), backend.weight());
        LinearBackend restored = new LinearBackend(spec);
        restored.restore(backend, result.checkpointPrefix());
        assertEquals(backend.weight(), restored.weight());
    }

    /** Accuracy and loss improve in these runs, so the loss that must grow is best in the first epoch. */
    private static EarlyStopping worsening() {
        return Callbacks.earlyStopping()
                .monitor("val_loss")
                .mode(Mode.MAX)
                .patience(3)
                .restoreBestWeights(true);
    }

    @Test
    void shouldStopAndRestoreAsUninterruptedWhenResumedFromAnyCheckpoint() {
        LinearBackend whole = new LinearBackend(spec);
        FitOptions options = FitOptions.of(EPOCHS, new CheckpointLog().every(1, Unit.STEPS));
        FitResult expected = fit(whole, spec, options, worsening(), Callbacks.reduceLrOnPlateau());
        assertEquals(4, expected.history().epochs().size());
        for (Map.Entry<String, TrainingState> checkpoint : whole.states().entrySet()) {
            if (checkpoint.getKey().equals(expected.checkpointPrefix())) {
                continue;
            }
            LinearBackend backend = new LinearBackend(spec);
            backend.restore(whole, checkpoint.getKey());
            TrainingLoop loop = new TrainingLoop(
                    backend, spec, FitOptions.of(EPOCHS, null), List.of(worsening(), Callbacks.reduceLrOnPlateau()));
            TrainingState state = checkpoint.getValue();
            if (state.step() == 4 * whole.steps(DataSplit.TRAIN)) {
                continue;
            }
            FitResult result = loop.fit(state);
            assertEquals(expected.history().metrics(), result.history().metrics(), "from step " + state.step());
            assertEquals(whole.weight(), backend.weight(), "from step " + state.step());
        }
    }
}
