package io.covey.trainer.gradients;

import io.covey.trainer.gradients.FlawedScale.Flaw;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.AssertionFailedError;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The check itself: what it must find. */
@Timeout(60)
class GradientCheckTest {
    private static final int ROWS = 4;
    private static final long SEED = 3;

    private static void check(Flaw flaw) {
        try (GradientCheck check = GradientCheck.of(Specimen.of(new FlawedScale(flaw), List.of(5)), ROWS, SEED)) {
            check.run();
        }
    }

    @Test
    void shouldPassWhenTheBackwardIsRight() {
        check(Flaw.NONE);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldFailAndNameTheSeedWhenTheBackwardIsWrong(Flaw flaw) {
        AssertionFailedError error = assertThrows(AssertionFailedError.class, () -> check(flaw));
        assertTrue(error.getMessage().contains("seed " + SEED), error.getMessage());
    }
}
