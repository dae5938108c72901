package io.covey.server.coordinator;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * How many contributions of each worker came too late for their step in an epoch, where steps do not wait for backup workers.
 * Used by the loop's thread.
 */
final class DroppedContributions {
    /** By worker. Those that were ever heard of stay, so that every epoch says something. */
    private final SortedMap<Integer, Long> counts = new TreeMap<>();

    private long steps;

    /** Counts what one member says of a pass of so many steps: nothing, if it does not know. */
    void add(SortedMap<Integer, Long> pass, long passSteps) {
        if (!pass.isEmpty()) {
            pass.forEach((worker, count) -> counts.merge(worker, count, Long::sum));
            steps += passSteps;
        }
    }

    /** Whether the mode of training drops any. */
    boolean areCounted() {
        return !counts.isEmpty();
    }

    /** Share of the steps that were done without the worker that was late most often. */
    double shareOfSlowest() {
        return steps == 0 ? 0 : (double) Collections.max(counts.values()) / steps;
    }

    /** The counts by worker, for people. */
    String describe(IntFunction<String> worker) {
        return counts.entrySet().stream()
                .map(entry -> entry.getValue() + " of " + worker.apply(entry.getKey()))
                .collect(Collectors.joining(", ", "in " + steps + " steps ", ""));
    }

    /** Begins a new epoch. */
    void reset() {
        counts.replaceAll((worker, count) -> 0L);
        steps = 0;
    }
}
