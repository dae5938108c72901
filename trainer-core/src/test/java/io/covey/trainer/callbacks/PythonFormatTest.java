package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(60)
class PythonFormatTest {
    @Test
    void shouldGiveWhatPythonGivesWhenFormattingNumbers() {
        assertEquals("0.12", PythonFormat.format("{v:.2f}", name -> 0.125));
        assertEquals("1.00", PythonFormat.format("{v:.2f}", name -> 1.005));
        assertEquals("-0.01", PythonFormat.format("{v:.2f}", name -> -0.005));
        assertEquals("-003.142", PythonFormat.format("{v:08.3f}", name -> -3.14159));
        assertEquals("+1.2e+04", PythonFormat.format("{v:+.1e}", name -> 12345.678));
        assertEquals("0.000123", PythonFormat.format("{v:.3g}", name -> 0.00012345));
        assertEquals("1e+16", PythonFormat.format("{v:g}", name -> 1e+16));
        assertEquals("100000", PythonFormat.format("{v:g}", name -> 100000.0));
        assertEquals("98.8%", PythonFormat.format("{v:.1%}", name -> 0.9876));
        assertEquals("1e-07", PythonFormat.format("{v}", name -> 1e-07));
        assertEquals("0.1", PythonFormat.format("{v}", name -> 0.1));
        assertEquals("2", PythonFormat.format("{v:.0f}", name -> 2.5));
        assertEquals("nan", PythonFormat.format("{v:.2f}", name -> Double.NaN));
        assertEquals("   inf", PythonFormat.format("{v:6.1f}", name -> Double.POSITIVE_INFINITY));
        assertEquals("{2.0}", PythonFormat.format("{{{v:.1f}}}", name -> 2.0));
        assertEquals("**1.50***", PythonFormat.format("{v:*^9.2f}", name -> 1.5));
        assertEquals("1.23e+03", PythonFormat.format("{v:.3}", name -> 1234.5));
        assertEquals("12.0", PythonFormat.format("{v:.3}", name -> 12.0));
        assertEquals("1.23e+02", PythonFormat.format("{v:.3}", name -> 123.0));
        assertEquals("07", PythonFormat.format("{v:02d}", name -> 7));
        assertEquals("   7|", PythonFormat.format("{v:4d}|", name -> 7));
        assertEquals("7   |", PythonFormat.format("{v:<4d}|", name -> 7));
        assertEquals("123", PythonFormat.format("{v}", name -> 123));
        assertEquals("3.0", PythonFormat.format("{v:.1f}", name -> 3));
        assertEquals("-0042", PythonFormat.format("{v:05}", name -> -42));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{v:q}", "{v", "v}", "{v:.d}"})
    void shouldRefuseTheTemplateWhenPythonDoes(String template) {
        assertThrows(CoveyException.class, () -> PythonFormat.format(template, name -> 1));
    }
}
