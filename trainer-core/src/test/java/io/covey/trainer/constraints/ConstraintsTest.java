package io.covey.trainer.constraints;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Expected values are Keras 3.15.1's. */
@Timeout(30)
class ConstraintsTest {
    private static final float[] VALUES = {3, -0.1f, 0, 4, 0.2f, 0, 0, -2, 0.5f, 1, 1, 1};

    private static float[] apply(Constraint constraint, Integer... shape) {
        try (NativeFloats variable = NativeFloats.allocate(VALUES.length)) {
            variable.put(0, VALUES);
            new ConstrainedVariable(constraint, List.of(shape)).apply(variable.address());
            return variable.get(0, VALUES.length);
        }
    }

    @Test
    void shouldApplyMaxNormAsKeras() {
        float[] expected = {
            1.1766968f,
            -0.08899883f,
            0f,
            1.5689291f,
            0.17799766f,
            0f,
            0f,
            -1.7799766f,
            0.49999994f,
            0.39223227f,
            0.8899883f,
            0.9999999f
        };
        assertArrayEquals(expected, apply(new MaxNorm(2, List.of(0)), 4, 3), 5e-7f);
    }

    @Test
    void shouldApplyMaxNormOverTwoAxesAsKeras() {
        float[] expected = {
            0.8825226f,
            -0.066749126f,
            0f,
            1.1766968f,
            0.13349825f,
            0f,
            0f,
            -1.3349825f,
            0.49999994f,
            0.2941742f,
            0.66749126f,
            0.9999999f
        };
        assertArrayEquals(
                expected,
                apply(Constraints.of("MaxNorm", Map.of("max_value", 1.5, "axis", List.of(0, 1))), 2, 2, 3),
                5e-7f);
    }

    @Test
    void shouldApplyNonNegAsKeras() {
        float[] expected = {3f, 0f, 0f, 4f, 0.2f, 0f, 0f, 0f, 0.5f, 1f, 1f, 1f};
        assertArrayEquals(expected, apply(Constraints.of("non_neg", Map.of()), 4, 3), 5e-7f);
    }

    @Test
    void shouldApplyUnitNormAsKeras() {
        float[] expected = {
            0.9994449f,
            -0.033314828f,
            0f,
            0.99875236f,
            0.04993762f,
            0f,
            0f,
            -0.97014254f,
            0.24253564f,
            0.57735026f,
            0.57735026f,
            0.57735026f
        };
        assertArrayEquals(expected, apply(Constraints.of("unit_norm", Map.of("axis", -1)), 4, 3), 5e-7f);
    }

    @Test
    void shouldApplyMinMaxNormAsKeras() {
        float[] expected = {
            2.7497225f,
            -0.09165742f,
            0f,
            3.499376f,
            0.17496881f,
            0f,
            0f,
            -1.9850712f,
            0.4962678f,
            0.99999994f,
            0.99999994f,
            0.99999994f
        };
        assertArrayEquals(
                expected,
                apply(
                        Constraints.of(
                                "min_max_norm", Map.of("min_value", 0.5, "max_value", 2, "rate", 0.25, "axis", 1)),
                        4,
                        3),
                5e-7f);
    }

    @Test
    void shouldRefuseUnknownNamesAndAxes() {
        refuses("unknown constraint max_nrm; did you mean max_norm?", () -> Constraints.of("max_nrm", Map.of()));
        refuses(
                "constraint unit_norm has no argument axes; did you mean axis?",
                () -> Constraints.of("unit_norm", Map.of("axes", 1)));
        refuses(
                "axis is 2 in constraint UnitNorm, the variable's shape is [4, 3]",
                () -> apply(new UnitNorm(List.of(2)), 4, 3));
    }

    private static void refuses(String message, Runnable action) {
        assertEquals(message, assertThrows(CoveyException.class, action::run).getMessage());
    }
}
