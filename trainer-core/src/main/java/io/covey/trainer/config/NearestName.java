package io.covey.trainer.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was probably meant. */
public final class NearestName {
    private NearestName() {}

    /** The known name with the least edit distance, if that is at most a third of the longer one's length (and 1 always). */
    public static Optional<String> of(String name, Collection<String> known) {
        return known.stream()
                .filter(k -> distance(name, k) <= Math.max(1, Math.max(name.length(), k.length()) / 3))
                .min(Comparator.comparingInt((String k) -> distance(name, k)).thenComparing(k -> k));
    }

    /** {@code ; did you mean NAME?} or, without a near one, {@code ; known are A, B, C}, {@code ; it has none}. */
    public static String advice(String name, Collection<String> known) {
        return of(name, known)
                .map(k -> "; did you mean " + k + "?")
                .orElseGet(() -> known.isEmpty() ? "; it has none" : "; known are " + String.join(", ", known));
    }

    /**
     * Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, each at cost 1, ignoring case.
     */
    public static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int substitution = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + substitution);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
