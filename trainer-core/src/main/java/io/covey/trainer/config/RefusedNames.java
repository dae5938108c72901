package io.covey.trainer.config;

import io.covey.trainer.CoveyException;
import java.util.Locale;
import java.util.Map;

/**
 * Names that Keras knows and that nothing is made of here, each with the reason: a user who asks for one is told why, not that
 * it was misspelt.
 */
public final class RefusedNames {
    private final String noun;
    private final Map<String, String> reasons;

    /**
     * @param noun what is named, for example {@code optimizer}
     * @param reasons by name, in snake case; each says what to do instead
     */
    public RefusedNames(String noun, Map<String, String> reasons) {
        this.noun = noun;
        this.reasons = Map.copyOf(reasons);
    }

    /** @throws CoveyException a caller's error with the reason if {@code name}, in snake case or as a class name, is refused */
    public void check(String name) {
        reasons.forEach((refused, reason) -> {
            if (plain(refused).equals(plain(name))) {
                throw CoveyException.caller(noun + " " + name + " is not made by its name: " + reason);
            }
        });
    }

    /** The same for a class name and its snake case. */
    public static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }
}
