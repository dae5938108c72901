package io.covey.trainer.optimizer;

import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(60)
class NormSumsTest {
    private static final ParameterLayout LAYOUT =
            new ParameterLayout(List.of(new ParameterSpec("w", "w", List.of(2), new Zeros(), 0)), 2);

    private static float clipFactor(OptimizerOptions options, float... gradient) {
        NormSums sums = new UpdatePlan(LAYOUT, Optimizers.sgd(0.1).with(options)).newSums();
        sums.gradient(0).addSquares(gradient, gradient.length);
        sums.conclude(0);
        return sums.clipFactor(0);
    }

    @Test
    void shouldClipToTheNormWhenItIsExceeded() {
        assertEquals(0.2f, clipFactor(OptimizerOptions.DEFAULT.clipnorm(1), 3, 4), 1e-7);
        assertEquals(0.2f, clipFactor(OptimizerOptions.DEFAULT.globalClipnorm(1), 3, 4), 1e-7);
        assertEquals(1f, clipFactor(OptimizerOptions.DEFAULT.clipnorm(6), 3, 4), 1e-7);
        assertEquals(1f, clipFactor(OptimizerOptions.DEFAULT.globalClipnorm(6), 3, 4), 1e-7);
    }

    @Test
    void shouldTakeTheNormForInfiniteAsKerasWhenFloat32CannotHoldTheSquares() {
        assertEquals(0f, clipFactor(OptimizerOptions.DEFAULT.clipnorm(1), 1e30f, 1));
        assertEquals(Float.NaN, clipFactor(OptimizerOptions.DEFAULT.globalClipnorm(1), 1e30f, 1));
    }

    @Test
    void shouldDoAsKerasWhenAGradientIsNotFinite() {
        assertEquals(0f, clipFactor(OptimizerOptions.DEFAULT.clipnorm(1), Float.NEGATIVE_INFINITY, 1));
        assertEquals(Float.NaN, clipFactor(OptimizerOptions.DEFAULT.globalClipnorm(1), Float.POSITIVE_INFINITY, 1));
        assertEquals(Float.NaN, clipFactor(OptimizerOptions.DEFAULT.clipnorm(1), Float.NaN, 1));
        assertEquals(Float.NaN, clipFactor(OptimizerOptions.DEFAULT.globalClipnorm(1), Float.NaN, 1));
    }
}
