package io.covey.trainer;

import java.util.Locale;

/** Numbers of things in messages. */
public final class Counted {
    private Counted() {}

    /** {@code 1 worker} or {@code 2,000 workers}; {@code noun} takes an s. */
    public static String of(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }
}
