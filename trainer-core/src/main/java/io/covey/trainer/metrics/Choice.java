package io.covey.trainer.metrics;

import io.covey.trainer.config.Arguments;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Arguments that name one of a few choices. */
final class Choice {
    private Choice() {}

    /**
     * The constant of that name, whatever its case.
     *
     * @param ofNull the choice for null
     */
    static <E extends Enum<E>> E of(Arguments arguments, String name, Class<E> choices, E ofNull) {
        String text = arguments.text(name, ofNull.name());
        return Arrays.stream(choices.getEnumConstants())
                .filter(choice -> choice.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> arguments.wrong(
                        name,
                        Arrays.stream(choices.getEnumConstants())
                                .map(choice -> choice.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", ", "one of ", ""))));
    }
}
