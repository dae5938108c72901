package io.covey.trainer.schedules;

import io.covey.trainer.CoveyException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(30)
class SchedulesTest {
    @Test
    void shouldScaleLinearlyAfterAWarmupFromTheBaseRate() {
        LearningRateSchedule schedule = Schedules.of(
                "linear_scaling_warmup",
                Map.of("base_learning_rate", 0.1, "base_batch_size", 256, "batch_size", 8192, "warmup_steps", 5));
        assertEquals(0.1f, schedule.at(0));
        assertEquals((float) (0.1 + 3.1 * 2 / 5), schedule.at(2));
        assertEquals(3.2f, schedule.at(5));
        assertEquals(3.2f, schedule.at(1_000_000));
        LearningRateSchedule decaying = new LinearScalingWarmup(
                0.1, 256, 8192, 5, new PiecewiseConstantDecay(List.of(10.0), List.of(1.0, 0.1)));
        assertEquals(3.2f, decaying.at(15));
        assertEquals(0.32f, decaying.at(16), 1e-7f);
        assertEquals(decaying, Schedules.of(Schedules.toConfig(decaying)));
    }

    @Test
    void shouldTakeAPlainNumberAsAConstantRate() {
        assertEquals(new ConstantRate(0.5), Schedules.of((Object) 0.5));
        assertEquals(0.5f, Schedules.of((Object) 0.5).at(123));
    }

    @Test
    void shouldRefuseWhatKerasRefuses() {
        refuses("decay_steps is 0.0, it must be above 0", () -> new ExponentialDecay(0.1, 0, 0.5, false));
        refuses(
                "there are 2 boundaries and 2 values, there must be at least 1 boundary and 1 value more than boundaries",
                () -> new PiecewiseConstantDecay(List.of(1.0, 2.0), List.of(1.0, 2.0)));
        refuses(
                "boundaries are [2.0, 1.0], they must ascend",
                () -> new PiecewiseConstantDecay(List.of(2.0, 1.0), List.of(1.0, 2.0, 3.0)));
    }

    private static void refuses(String message, Runnable action) {
        assertEquals(message, assertThrows(CoveyException.class, action::run).getMessage());
    }
}
