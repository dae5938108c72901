package io.covey.trainer.config;

import io.covey.trainer.CoveyException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(10)
class ArgumentsTest {
    private static final Map<String, Object> DEFAULTS = Arguments.defaults("rate", 0.5, "axis", null, "flag", true);

    @Test
    void shouldKnowWhatWasReadWithDefaultsWhenNothingIsDeclared() {
        Arguments arguments = Arguments.of("Dense", Map.of("units", 3));
        assertEquals(3, arguments.positive("units"));
        assertEquals(0.5, arguments.real("rate", 0.5));
        assertEquals(Map.of("units", 3, "rate", 0.5), arguments.values());
        arguments.requireAllKnown();
    }

    @Test
    void shouldHoldAllDefaultsInTheirOrderWhenDeclared() {
        Arguments arguments = Arguments.declared("loss l", DEFAULTS, Map.of("rate", 2));
        assertEquals(
                List.of("rate", "axis", "flag"), List.copyOf(arguments.values().keySet()));
        assertEquals(2, arguments.real("rate"));
        assertFalse(arguments.has("axis"));
        assertFalse(arguments.has("other"));
        assertEquals(arguments, Arguments.declared("loss l", DEFAULTS, Map.of()).with("rate", 2));
    }

    @Test
    void shouldNameTheNearestArgumentWhenOneDoesNotExist() {
        assertRefused(
                "loss l has no argument rat; did you mean rate?",
                () -> Arguments.declared("loss l", DEFAULTS, Map.of("rat", 1)));
        assertRefused(
                "loss l has no argument rat; did you mean rate?",
                () -> Arguments.declared("loss l", DEFAULTS, Map.of()).with("rat", 1));
        Arguments arguments = Arguments.of("Dense", Map.of("unit", 1));
        assertRefused("Dense has no argument unit; did you mean units?", () -> arguments.positive("units"));
    }

    @Test
    void shouldSayWhatIsWantedWhenAValueIsOfTheWrongKind() {
        Arguments arguments = Arguments.of(
                "a", Map.of("x", "text", "half", 0.5, "nan", Double.NaN, "large", 1L << 40, "list", List.of(1, 2)));
        assertRefused("a: x is text, it must be a number", () -> arguments.real("x"));
        assertRefused("a: nan is NaN, it must be finite", () -> arguments.real("nan"));
        assertRefused("a: half is 0.5, it must be an integer", () -> arguments.integer("half"));
        assertRefused("a: large is 1099511627776, it must be an integer of 32 bits", () -> arguments.integer("large"));
        assertEquals(1L << 40, arguments.whole("large", 0));
        assertRefused("a: x is text, it must be true or false", () -> arguments.flag("x"));
        assertRefused("a: half is 0.5, it must be a text", () -> arguments.text("half"));
        assertRefused("a: gone is missing, it must be a number", () -> arguments.real("gone"));
        assertRefused("a: list is [1, 2], it must be an integer or a list of 3", () -> arguments.integers("list", 3));
    }

    private static void assertRefused(String message, Executable action) {
        CoveyException refused = assertThrows(CoveyException.class, action);
        assertEquals(message, refused.getMessage());
        assertEquals(CoveyException.Category.CALLER, refused.category());
    }
}
