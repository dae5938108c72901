package io.covey.trainer.model;

import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.model.ParameterLayout.Cuts;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Where the flat vector is cut. */
@Timeout(60)
class ParameterLayoutTest {
    private static final long SEED = System.nanoTime();
    private static final int ROUNDS = 300;

    /** The definition: place by place, as long as the next one is no farther from an equal part's end. */
    @Test
    void shouldCutNextToEqualPartsWhenLayoutsAreRandom() {
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            ParameterLayout layout = layout(random);
            Cuts cuts = List.of(Cuts.VARIABLES, Cuts.ROWS, Cuts.ALIGNED_ROWS).get(random.nextInt(3));
            List<Long> places = places(layout, cuts);
            assertEquals(places.size() - 1, layout.maxShards(cuts));

            int shards = 1 + random.nextInt(places.size() - 1);
            List<Long> expected = new ArrayList<>(List.of(0L));
            int place = 0;
            for (int s = 1; s < shards; s++) {
                long ideal = layout.length() * s / shards;
                int last = places.size() - 1 - (shards - s);
                place++;
                while (place < last && Math.abs(places.get(place + 1) - ideal) <= Math.abs(places.get(place) - ideal)) {
                    place++;
                }
                expected.add(places.get(place));
            }

            List<ShardRange> ranges = layout.cut(shards, cuts);
            assertEquals(
                    expected,
                    ranges.stream().map(ShardRange::offset).toList(),
                    "seed " + SEED + " round " + round + ": " + layout + " " + cuts);
            assertEquals(layout.length(), ranges.get(shards - 1).end());
        }
    }

    /** A list of all places would need more memory than the parameters. */
    @Test
    void shouldCutWhenAVariableHasMoreRowsThanAListCanHold() {
        int rows = Integer.MAX_VALUE;
        ParameterLayout layout = new ParameterLayout(
                List.of(
                        new ParameterSpec("a", "a", List.of(rows, 3), new Zeros(), 0),
                        new ParameterSpec("b", "b", List.of(rows), new Zeros(), ParameterLayout.align(3L * rows))),
                ParameterLayout.align(3L * rows) + ParameterLayout.align(rows));

        assertEquals(2L * rows, layout.maxShards(Cuts.ROWS));
        for (Cuts cuts : List.of(Cuts.ROWS, Cuts.ALIGNED_ROWS)) {
            List<ShardRange> ranges = layout.cut(8, cuts);
            assertEquals(layout.length(), ranges.get(7).end());
            for (ShardRange range : ranges) {
                assertTrue(Math.abs(range.length() - layout.length() / 8) <= 48, range.toString());
            }
        }
    }

    private static ParameterLayout layout(Random random) {
        List<ParameterSpec> parameters = new ArrayList<>();
        long offset = 0;
        for (int i = 0, variables = 1 + random.nextInt(5); i < variables; i++) {
            List<Integer> shape =
                    List.of(1 + random.nextInt(50), 1 + random.nextInt(20)).subList(0, random.nextInt(3));
            ParameterSpec variable = new ParameterSpec("v" + i, "v" + i, shape, new Zeros(), offset);
            parameters.add(variable);
            offset = ParameterLayout.align(offset + variable.size());
        }
        return new ParameterLayout(parameters, offset);
    }

    private static List<Long> places(ParameterLayout layout, Cuts cuts) {
        List<Long> places = new ArrayList<>();
        for (ParameterSpec variable : layout.parameters()) {
            int rows = cuts == Cuts.VARIABLES || variable.shape().isEmpty()
                    ? 1
                    : variable.shape().get(0);
            for (int row = 0; row < rows; row++) {
                long place = row * variable.rowSize();
                if (cuts != Cuts.ALIGNED_ROWS || place % ParameterLayout.ALIGNMENT_FLOATS == 0) {
                    places.add(variable.offset() + place);
                }
            }
        }
        places.add(layout.length());
        return places;
    }
}
