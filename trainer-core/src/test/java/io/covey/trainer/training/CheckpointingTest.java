package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.training.CheckpointOptions.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class CheckpointingTest {
    private final TrainingSpec spec = LinearBackend.spec(10, 0, 4, 0.01);
    private final LinearBackend backend = new LinearBackend(spec);
    private final CheckpointLog log = new CheckpointLog();
    private final List<Long> steps = new ArrayList<>();
    private final List<Integer> epochs = new ArrayList<>();

    private FitResult fit(int epochCount, CheckpointOptions options, Callback... callbacks) {
        FitResult result =
                new TrainingLoop(backend, spec, FitOptions.of(epochCount, options), List.of(callbacks)).fit();
        record();
        return result;
    }

    private void record() {
        backend.states().values().forEach(state -> {
            steps.add(state.step());
            epochs.add(state.epoch());
        });
    }

    @Test
    void shouldFollowEveryOtherEpochAndTheEndWhenCountedInEpochs() {
        FitResult result = fit(5, log.every(2, Unit.EPOCHS));
        assertEquals(List.of(6L, 12L, 15L), steps);
        assertEquals(List.of(2, 4, 5), epochs);
        assertEquals(List.of("ckpt-000", "ckpt-001", "ckpt-002"), log.committed);
        assertEquals("ckpt-002", result.checkpointPrefix());
    }

    @Test
    void shouldCutEpochsWhenCountedInSteps() {
        fit(3, log.every(2, Unit.STEPS));
        assertEquals(List.of(2L, 4L, 6L, 8L, 9L), steps);
        assertEquals(List.of(0, 1, 2, 2, 3), epochs);
        List<Double> samples = backend.states().values().stream()
                .map(state -> state.epochMetrics().get(StateLayout.SAMPLES))
                .toList();
        assertEquals(List.of(8.0, 4.0, 0.0, 8.0, 0.0), samples);
        TrainingState state = backend.states().get("ckpt-003");
        assertEquals(7, state.seed());
        assertEquals("hash", state.configurationHash());
        assertEquals(Map.of("covey", "test"), state.versions());
        assertEquals(2, state.history().get("loss").size());
        assertEquals(backend.weightsSha256(), backend.states().get("ckpt-004").weightsSha256());
    }

    @Test
    void shouldTrainTheSameWhenEpochsAreCut() {
        fit(3, log.every(1, Unit.STEPS));
        LinearBackend plain = new LinearBackend(spec);
        new TrainingLoop(plain, spec, FitOptions.of(3, null), List.of()).fit();
        assertEquals(plain.weight(), backend.weight());
    }

    @Test
    void shouldWriteNoneWhenNoneAreAskedFor() {
        assertNull(fit(1, null).checkpointPrefix());
        assertEquals(List.of(), steps);
    }

    @Test
    void shouldLeaveACheckpointOfTheOpenEpochWhenInterrupted() {
        FitResult result = fit(3, log.every(1, Unit.EPOCHS), new Callback() {
            @Override
            public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
                if (log.committed.size() == 1 && batch == 1) {
                    backend.requestStop();
                }
            }
        });
        assertTrue(result.interrupted());
        assertEquals(List.of(3L, 5L), steps);
        assertEquals(List.of(1, 1), epochs);
        assertEquals("ckpt-001", result.checkpointPrefix());
    }

    @Test
    void shouldStartTheNextOnlyWhenTheOneBeforeIsCommitted() {
        CompletableFuture<Void> first = new CompletableFuture<>();
        List<String> started = new ArrayList<>();
        backend.disk(prefix -> {
            started.add(prefix + " after " + log.committed);
            return prefix.equals("ckpt-000") ? first : CompletableFuture.completedFuture(null);
        });
        fit(2, log.every(1, Unit.EPOCHS), new Callback() {
            @Override
            public void onEpochEnd(int epoch, Map<String, Double> logs) {
                assertEquals(List.of(), log.committed);
                if (epoch == 1) {
                    first.complete(null);
                }
            }
        });
        assertEquals(List.of("ckpt-000 after []", "ckpt-001 after [ckpt-000]"), started);
        assertEquals(List.of("ckpt-000", "ckpt-001"), log.committed);
    }

    @Test
    void shouldEndAtTheNextStepWhenACheckpointFailsInTheBackground() {
        CompletableFuture<Void> failing = new CompletableFuture<>();
        IOException full = new IOException("No space left on device");
        backend.disk(prefix -> failing);
        List<Long> batches = new ArrayList<>();
        CoveyException error = assertThrows(
                CoveyException.class,
                () -> fit(9, log.every(1, Unit.EPOCHS), new Callback() {
                    @Override
                    public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
                        batches.add(batch);
                        if (batches.size() == 5) {
                            failing.completeExceptionally(full);
                        }
                    }
                }));
        assertEquals(List.of(0L, 1L, 2L, 0L, 1L), batches);
        assertEquals(CoveyException.Category.FAILURE, error.category());
        assertSame(full, error.getCause());
        assertTrue(error.getMessage().contains("ckpt-000"), error.getMessage());
        assertTrue(error.getMessage().contains("No space left on device"), error.getMessage());
        assertEquals(List.of(), log.committed);
    }

    @Test
    void shouldEndWithTheCauseWhenTheLastCheckpointFails() {
        CoveyException refused = CoveyException.caller("the folder is read-only");
        backend.disk(prefix -> CompletableFuture.failedFuture(refused));
        CoveyException error = assertThrows(CoveyException.class, () -> fit(1, log.every(5, Unit.EPOCHS)));
        assertEquals(CoveyException.Category.CALLER, error.category());
        assertSame(refused, error.getCause());
    }

    @Test
    void shouldEndWhenACheckpointIsNotCommittedInTime() {
        backend.disk(prefix -> new CompletableFuture<>());
        CoveyException error = assertThrows(
                CoveyException.class, () -> fit(2, log.every(1, Unit.EPOCHS, TimeUnit.MILLISECONDS.toNanos(20))));
        assertTrue(error.getMessage().contains("ckpt-000 was not committed within 20 ms"), error.getMessage());
    }

    @Test
    void shouldKeepTheFirstErrorWhenACheckpointFailsAfterIt() {
        CompletableFuture<Void> failing = new CompletableFuture<>();
        backend.disk(prefix -> failing);
        IllegalStateException first = new IllegalStateException("first");
        IllegalStateException error = assertThrows(
                IllegalStateException.class,
                () -> fit(9, log.every(1, Unit.EPOCHS), new Callback() {
                    @Override
                    public void onEpochBegin(int epoch) {
                        if (epoch == 1) {
                            failing.completeExceptionally(new IOException("second"));
                            throw first;
                        }
                    }
                }));
        assertSame(first, error);
        assertTrue(error.getSuppressed()[0].getMessage().contains("second"));
    }

    @Test
    void shouldWriteNothingMoreWhenTheRunWasComplete() {
        fit(2, log.every(1, Unit.EPOCHS));
        LinearBackend resumed = new LinearBackend(spec);
        resumed.restore(backend, "ckpt-001");
        FitResult result = new TrainingLoop(resumed, spec, FitOptions.of(2, log.every(1, Unit.EPOCHS)), List.of())
                .fit(backend.states().get("ckpt-001"));
        assertEquals(6, result.step());
        assertFalse(result.interrupted());
        assertEquals(Map.of(), resumed.states());
        assertEquals(2, result.history().metrics().get("loss").size());
    }

    @Test
    void shouldRefuseAResumeWhenTheStepsDoNotFit() {
        fit(2, log.every(2, Unit.STEPS));
        TrainingSpec other = LinearBackend.spec(100, 0, 4, 0.01);
        CoveyException error = assertThrows(CoveyException.class, () -> new TrainingLoop(
                        new LinearBackend(other), other, FitOptions.of(2, null), List.of())
                .fit(backend.states().get("ckpt-001")));
        assertEquals(CoveyException.Category.CALLER, error.category());
        assertTrue(error.getMessage().contains("25 steps per epoch"), error.getMessage());
    }
}
