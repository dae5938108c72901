package io.covey.server.coordinator;

import io.covey.trainer.training.EpochPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(300)
class TrainedStepsTest {
    private final TrainedSteps trained = new TrainedSteps();

    @Test
    void shouldRepeatStepsWithTheLearningRateThatTheyHad() {
        trained.begin(new EpochPlan(0, 0, 10, 0, 0.1f));
        trained.begin(new EpochPlan(1, 10, 20, 10, 0.05f));
        trained.end(17);
        assertEquals(new EpochPlan(0, 4, 10, 0, 0.1f), trained.from(4, 15));
        assertEquals(new EpochPlan(1, 10, 15, 10, 0.05f), trained.from(10, 15));
        assertThrows(IllegalStateException.class, () -> trained.from(17, 18));
        trained.forgetBefore(10);
        assertThrows(IllegalStateException.class, () -> trained.from(4, 15));
        assertEquals(new EpochPlan(1, 12, 17, 10, 0.05f), trained.from(12, 20));
    }
}
