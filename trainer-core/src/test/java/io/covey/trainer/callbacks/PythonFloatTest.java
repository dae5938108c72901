package io.covey.trainer.callbacks;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class PythonFloatTest {
    /** Printed by CPython; each reads as the number it stands for. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0",
                "-0.0",
                "1.0",
                "-1.5",
                "0.1",
                "0.30000000000000004",
                "100.0",
                "0.0001",
                "9.999e-05",
                "1e-07",
                "0.002",
                "1e-05",
                "12345678.9",
                "123456789012345.6",
                "1000000000000000.0",
                "1e+16",
                "1.5e+16",
                "1e+23",
                "9007199254740992.0",
                "2e+23",
                "5e-324",
                "1.7976931348623157e+308",
                "2.2250738585072014e-308",
                "5.684341886080802e-14",
                "0.9713000059127808",
                "0.009999999776482582",
                "0.10000000149011612",
                "1e-100",
                "-2.5e-10",
                "1.1920928955078125e-07"
            })
    void shouldPrintLikePythonWhenGivenADouble(String python) {
        assertEquals(python, PythonFloat.repr(Double.parseDouble(python)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1", "999999.0", "1e+06", "1.2345679e+07", "1e-04", "0.00012"})
    void shouldPrintLikeNumPyWhenGivenAFloat(String python) {
        assertEquals(python, PythonFloat.repr(Float.parseFloat(python)));
    }

    @Test
    void shouldPrintLikePythonWhenNotFinite() {
        assertEquals("nan", PythonFloat.repr(Double.NaN));
        assertEquals("inf", PythonFloat.repr(Double.POSITIVE_INFINITY));
        assertEquals("-inf", PythonFloat.repr(Double.NEGATIVE_INFINITY));
    }

    @Test
    void shouldReadBackAsTheSameNumberWhenPrinted() {
        long seed = 20240611;
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                String printed = PythonFloat.repr(value);
                assertEquals(value, Double.parseDouble(printed), "seed " + seed + ", value " + i);
                assertTrue(printed.matches("-?\\d+(\\.\\d+)?(e[+-]\\d\\d+)?"), printed);
            }
        }
    }
}
