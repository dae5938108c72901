package io.covey.trainer.engine;

import io.covey.trainer.model.ParameterLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the buffers of a program lie in one block of memory: buffers whose lifetimes overlap lie apart. Immutable.
 *
 * @param lifetimes in the order in which the buffers are asked for
 * @param offsets of each, in floats
 * @param length of the block, in floats
 */
record MemoryPlan(List<Lifetime> lifetimes, List<Long> offsets, long length) {
    /**
     * When a buffer holds numbers that are still needed.
     *
     * @param length in floats
     * @param from time of the first use
     * @param to time of the last use
     * @param pause first time of a gap between two uses, above {@code to} if there is none
     * @param again first time after the gap
     */
    record Lifetime(Role role, long length, int from, int to, int pause, int again) {
        Lifetime(Role role, long length, int from, int to) {
            this(role, length, from, to, to + 1, to + 1);
        }

        boolean overlaps(Lifetime other) {
            return meets(from, pause - 1, other) || meets(again, to, other);
        }

        private static boolean meets(int from, int to, Lifetime other) {
            return meet(from, to, other.from, other.pause - 1) || meet(from, to, other.again, other.to);
        }

        private static boolean meet(int from, int to, int otherFrom, int otherTo) {
            return from <= to && otherFrom <= otherTo && from <= otherTo && otherFrom <= to;
        }

        boolean isAt(int time) {
            return (from <= time && time < pause) || (again <= time && time <= to);
        }

        private long aligned() {
            return ParameterLayout.align(length);
        }
    }

    /** Places the largest buffers first, each at the lowest offset where nothing lies that it overlaps in time. */
    static MemoryPlan of(List<Lifetime> lifetimes) {
        Long[] offsets = new Long[lifetimes.size()];
        List<Integer> bySize = IntStream.range(0, lifetimes.size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> -lifetimes.get(i).length()))
                .toList();
        List<Integer> placed = new ArrayList<>();
        long length = 0;
        for (int index : bySize) {
            offsets[index] = lowestFree(lifetimes, offsets, placed, index);
            length = Math.max(length, offsets[index] + lifetimes.get(index).aligned());
            int place = 0;
            while (place < placed.size() && offsets[placed.get(place)] <= offsets[index]) {
                place++;
            }
            placed.add(place, index);
        }
        return new MemoryPlan(lifetimes, List.of(offsets), length);
    }

    /** @param placed indices by rising offset */
    private static long lowestFree(List<Lifetime> lifetimes, Long[] offsets, List<Integer> placed, int index) {
        Lifetime wanted = lifetimes.get(index);
        long offset = 0;
        for (int other : placed) {
            if (!lifetimes.get(other).overlaps(wanted)) {
                continue;
            }
            if (offsets[other] >= offset + wanted.aligned()) {
                break;
            }
            offset = Math.max(offset, offsets[other] + lifetimes.get(other).aligned());
        }
        return offset;
    }

    /** The same buffers side by side. */
    MemoryPlan withoutReuse() {
        List<Long> apart = new ArrayList<>();
        long end = 0;
        for (Lifetime lifetime : lifetimes) {
            apart.add(end);
            end += lifetime.aligned();
        }
        return new MemoryPlan(lifetimes, apart, end);
    }

    /** Bytes of the values that the losses find: what backward needs of forward. */
    long keptBytes() {
        int losses = lastTime() / 2;
        return bytesAt(losses, Role.VALUE);
    }

    /** The largest number of bytes of values and gradients that are needed at one time. */
    long peakBytes() {
        long peak = 0;
        for (int time = Buffers.INPUT; time <= lastTime(); time++) {
            peak = Math.max(peak, bytesAt(time, Role.VALUE) + bytesAt(time, Role.GRADIENT));
        }
        return peak;
    }

    private int lastTime() {
        return lifetimes.stream().mapToInt(Lifetime::to).max().orElse(0);
    }

    private long bytesAt(int time, Role role) {
        return lifetimes.stream()
                        .filter(lifetime -> lifetime.role() == role && lifetime.isAt(time))
                        .mapToLong(Lifetime::length)
                        .sum()
                * Float.BYTES;
    }
}
