package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.History;
import io.covey.trainer.callbacks.Training;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.schedules.ExponentialDecay;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class TrainingLoopTest {
    private static final int ROWS = 10;
    private static final int BATCH_SIZE = 4;

    private final TrainingSpec spec = LinearBackend.spec(ROWS, 6, BATCH_SIZE, 0.01);
    private final LinearBackend backend = new LinearBackend(spec);

    private TrainingLoop loop(FitOptions options, Callback... callbacks) {
        return new TrainingLoop(backend, spec, options, List.of(callbacks));
    }

    @Test
    void shouldReportMeansOverSamplesWhenTheLastBatchIsSmaller() {
        List<Map<String, Double>> running = new ArrayList<>();
        FitResult result = loop(FitOptions.of(2, null), new Callback() {
                    @Override
                    public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
                        running.add(logs);
                    }
                })
                .fit();

        LinearBackend again = new LinearBackend(spec);
        for (int epoch = 0; epoch < 2; epoch++) {
            MetricState sums = MetricState.zero(4);
            List<Double> losses = new ArrayList<>();
            again.train(new EpochPlan(epoch, 3L * epoch, 3L * epoch + 3, 3L * epoch, 0.01f), (batch, metrics) -> {
                sums.add(metrics);
                losses.add(sums.get(StateLayout.LOSS) / sums.get(StateLayout.SAMPLES));
            });
            assertEquals(ROWS, sums.get(StateLayout.SAMPLES));
            for (int batch = 0; batch < 3; batch++) {
                assertEquals(losses.get(batch), running.get(3 * epoch + batch).get("loss"));
            }
            assertEquals(losses.get(2), result.history().metrics().get("loss").get(epoch));
        }
        assertEquals(again.weight(), backend.weight());
        assertEquals(6, result.step());
        assertFalse(result.interrupted());
        Map<String, Double> validation = loop(FitOptions.of(1, null)).evaluate(DataSplit.VALIDATION);
        assertEquals(
                validation.get("loss"),
                result.history().metrics().get("val_loss").get(1));
        assertEquals(
                validation.get("accuracy"),
                result.history().metrics().get("val_accuracy").get(1));
    }

    @Test
    void shouldRefuseToSetALearningRateThatFollowsASchedule() {
        TrainingSpec scheduled = new TrainingSpec(
                spec.model(),
                spec.compile(),
                Optimizers.sgd(0.01).schedule(new ExponentialDecay(0.01, 3, 0.5, true)),
                1f,
                spec.train(),
                null,
                null,
                7);
        List<Double> seen = new ArrayList<>();
        Callback setter = new Callback() {
            private Training training;

            @Override
            public void onTrainBegin(Training newTraining) {
                training = newTraining;
            }

            @Override
            public void onEpochBegin(int epoch) {
                seen.add(training.learningRate());
                if (epoch == 1) {
                    training.setLearningRate(0.5);
                }
            }
        };
        CoveyException e = assertThrows(CoveyException.class, () -> new TrainingLoop(
                        new LinearBackend(scheduled), scheduled, FitOptions.of(3, null), List.of(setter))
                .fit());
        assertEquals(
                "the optimizer's learning rate follows the schedule ExponentialDecay, so that callbacks cannot set it:"
                        + " give learning_rate as a number",
                e.getMessage());
        assertEquals(List.of((double) 0.01f, (double) 0.005f), seen);
    }

    @Test
    void shouldTrainWithTheNewLearningRateWhenACallbackSetsIt() {
        List<Double> seen = new ArrayList<>();
        loop(FitOptions.of(4, null), new Callback() {
                    private Training training;

                    @Override
                    public void onTrainBegin(Training newTraining) {
                        training = newTraining;
                    }

                    @Override
                    public void onEpochBegin(int epoch) {
                        if (epoch >= 2) {
                            training.setLearningRate(training.learningRate() * 0.5);
                        }
                        seen.add(training.learningRate());
                    }
                })
                .fit();
        // Keras' values for this rule: golden/callbacks/misc, learning_rate_scheduler.
        assertEquals(
                List.of(0.009999999776482582, 0.009999999776482582, 0.004999999888241291, 0.0024999999441206455), seen);

        LinearBackend again = new LinearBackend(spec);
        for (int epoch = 0; epoch < 4; epoch++) {
            again.train(
                    new EpochPlan(
                            epoch,
                            3L * epoch,
                            3L * epoch + 3,
                            3L * epoch,
                            seen.get(epoch).floatValue()),
                    (batch, metrics) -> {});
        }
        assertEquals(again.weight(), backend.weight());
    }

    @Test
    void shouldRefuseALearningRateWhenItIsNotANumber() {
        CoveyException error = assertThrows(CoveyException.class, () -> loop(FitOptions.of(1, null), new Callback() {
                    @Override
                    public void onTrainBegin(Training training) {
                        training.setLearningRate(Double.NaN);
                    }
                })
                .fit());
        assertEquals(CoveyException.Category.CALLER, error.category());
        assertTrue(error.getMessage().contains("NaN"), error.getMessage());
    }

    @Test
    void shouldEndTheRunWhenTheLossIsNoLongerFinite() {
        TrainingSpec diverging = LinearBackend.spec(ROWS, 0, BATCH_SIZE, 1e30);
        CoveyException error = assertThrows(CoveyException.class, () -> new TrainingLoop(
                        new LinearBackend(diverging), diverging, FitOptions.of(5, null), List.of())
                .fit());
        assertEquals(CoveyException.Category.FAILURE, error.category());
        for (String part : List.of(
                "the loss is Infinity",
                "epoch 2 of 5",
                "step 3 of 3",
                "global step 5",
                "learning_rate 1.0E30",
                "lower")) {
            assertTrue(error.getMessage().contains(part), part + " is not in: " + error.getMessage());
        }
    }

    @Test
    void shouldGoOnWhenTheLossIsNotFiniteAndTheCheckIsOff() {
        TrainingSpec diverging = LinearBackend.spec(ROWS, 0, BATCH_SIZE, 1e30);
        FitResult result = new TrainingLoop(
                        new LinearBackend(diverging),
                        diverging,
                        FitOptions.of(9, null).failOnNonFiniteLoss(false),
                        List.of())
                .fit();
        assertTrue(result.history().metrics().get("loss").get(8).isNaN());
    }

    @Test
    void shouldEndWithTheCallbacksErrorWhenAHookThrows() {
        IllegalStateException thrown = new IllegalStateException("from the hook");
        assertEquals(
                thrown, assertThrows(IllegalStateException.class, () -> loop(FitOptions.of(1, null), new Callback() {
                            @Override
                            public void onTrainBatchBegin(long batch) {
                                throw thrown;
                            }
                        })
                        .fit()));
    }

    @Test
    void shouldRefuseWhenTheSplitHasNoData() {
        CoveyException error = assertThrows(
                CoveyException.class, () -> loop(FitOptions.of(1, null)).evaluate(DataSplit.TEST));
        assertEquals(CoveyException.Category.CALLER, error.category());
        assertTrue(error.getMessage().contains("TEST"), error.getMessage());
    }

    @Test
    void shouldEndInterruptedWhenStoppedFromAnotherThread() throws InterruptedException {
        List<Integer> ended = new ArrayList<>();
        List<TrainingLoop> loops = new ArrayList<>();
        Callback stopper = new Callback() {
            @Override
            public void onTrainBatchBegin(long batch) {
                if (ended.size() == 1 && batch == 1) {
                    Thread other = new Thread(() -> loops.get(0).requestStop());
                    other.start();
                    try {
                        other.join();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }

            @Override
            public void onEpochEnd(int epoch, Map<String, Double> logs) {
                ended.add(epoch);
            }
        };
        loops.add(loop(FitOptions.of(3, null), stopper));
        FitResult result = loops.get(0).fit();

        assertTrue(result.interrupted());
        assertEquals(5, result.step());
        assertEquals(List.of(0), ended);
        History history = result.history();
        assertEquals(List.of(0), history.epochs());
        assertEquals(1, history.metrics().get("val_loss").size());
    }

    @Test
    void shouldEndInterruptedWhenStoppedDuringValidation() {
        List<TrainingLoop> loops = new ArrayList<>();
        loops.add(loop(FitOptions.of(3, null), new Callback() {
            @Override
            public void onTestBegin() {
                loops.get(0).requestStop();
            }
        }));
        FitResult result = loops.get(0).fit();
        assertTrue(result.interrupted());
        assertEquals(3, result.step());
        assertEquals(List.of(0), result.history().epochs());
    }

    @Test
    void shouldNotCountAsInterruptedWhenStoppedAfterTheLastStep() {
        List<TrainingLoop> loops = new ArrayList<>();
        loops.add(loop(FitOptions.of(1, null), new Callback() {
            @Override
            public void onTestBegin() {
                loops.get(0).requestStop();
            }
        }));
        assertFalse(loops.get(0).fit().interrupted());
    }
}
