package io.covey.spark.job;

import io.covey.trainer.CoveyException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Everything that is wrong with a job, collected so that one look mends all. A problem names a key by its path, for example
 * {@code fit.epochs}; a key that was not written is reported at the section that lacks it.
 */
final class Problems {
    private record Problem(Origin origin, String text) {}

    private final String source;
    private final Map<String, Origin> origins = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    /** @param source name of the job file in messages */
    Problems(String source) {
        this.source = source;
        origins.put("", new Origin(source, 1));
    }

    /** Remembers where {@code path} was written. */
    void locate(String path, Origin origin) {
        origins.put(path, origin);
    }

    void add(String path, String message) {
        add(originOf(path), path, message);
    }

    void add(Origin origin, String path, String message) {
        problems.add(new Problem(origin, origin + ": " + (path.isEmpty() ? "" : path + ": ") + message));
    }

    int count() {
        return problems.size();
    }

    /** @throws CoveyException a caller's error that lists all problems in the order of their lines, if there are any */
    void throwIfAny() {
        if (problems.isEmpty()) {
            return;
        }
        List<String> lines = problems.stream()
                .sorted(Comparator.comparingInt(p -> p.origin().line()))
                .map(Problem::text)
                .distinct()
                .toList();
        throw CoveyException.caller(
                lines.size() == 1
                        ? lines.get(0)
                        : lines.stream()
                                .collect(Collectors.joining(
                                        "\n  ", source + " has " + lines.size() + " problems:\n  ", "")));
    }

    private Origin originOf(String path) {
        String known = path;
        while (!origins.containsKey(known)) {
            known = known.substring(0, Math.max(0, known.lastIndexOf('.')));
        }
        return origins.get(known);
    }
}
