package io.covey.trainer.layers;

import io.covey.trainer.CoveyException;
import io.covey.trainer.testing.Layers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Every argument of every layer that can be made by name, misspelt. */
@Timeout(60)
class MisspeltArgumentsTest {
    /** Shorter names are as near to others as to themselves misspelt. */
    private static final int LENGTH_MIN = 4;

    static Stream<String> classNames() {
        return LayerTypes.classNames().values().stream().filter(Layers::isBuiltIn);
    }

    @ParameterizedTest
    @MethodSource("classNames")
    void shouldNameTheRightArgumentWhenItIsMisspelt(String className) {
        Map<String, Object> required = Layers.requiredArguments(className);
        Map<String, Object> known =
                LayerTypes.create(className, required).arguments().values();
        List<String> wrong = new ArrayList<>();
        for (String name : known.keySet()) {
            if (name.length() < LENGTH_MIN) {
                continue;
            }
            for (String typo : typos(name, known.keySet())) {
                Map<String, Object> arguments = new HashMap<>(required);
                arguments.put(typo, arguments.getOrDefault(name, 1));
                arguments.remove(name);
                CoveyException e =
                        assertThrows(CoveyException.class, () -> LayerTypes.create(className, arguments), typo);
                String expected = className + " has no argument " + typo + "; did you mean " + name + "?";
                if (!e.getMessage().equals(expected)) {
                    wrong.add(e.getMessage());
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** A letter doubled, one left out, two swapped; no other argument's name. */
    private static Set<String> typos(String name, Set<String> known) {
        Set<String> typos = new TreeSet<>();
        typos.add(name.charAt(0) + name);
        typos.add(name.substring(0, name.length() - 1));
        typos.add("" + name.charAt(1) + name.charAt(0) + name.substring(2));
        typos.removeAll(known);
        return typos;
    }
}
