package io.covey.server.update;

import io.covey.server.Oracle;
import io.covey.server.frame.ChunkedRange;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.training.ReductionTree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(300)
class ShardReductionTest {
    private static final int FLOATS = 100;
    private static final int CHUNK = 32;

    @Test
    void shouldGiveTheTreesBitsInWhateverOrderContributionsArrive() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int leaves = 1 + random.nextInt(9);
            ReductionTree tree = ReductionTree.of(leaves);
            Oracle oracle = new Oracle(seed, FLOATS, leaves);
            List<Integer> order = new ArrayList<>();
            Set<Integer> writable = new java.util.HashSet<>();
            for (int v = 0; v < leaves; v++) {
                order.add(tree.leaf(v));
                if (random.nextInt(3) == 0) {
                    writable.add(tree.leaf(v));
                }
            }
            Collections.shuffle(order, random);
            ChunkedRange range = new ChunkedRange(new ShardRange(0, 0, FLOATS), CHUNK);
            float[] sum = new float[FLOATS];
            try (ShardReduction reduction = new ShardReduction(tree, order, writable, range)) {
                // Twice: a step leaves nothing behind for the next one.
                reduce(reduction, range, oracle, order, writable, 0, sum);
                reduce(reduction, range, oracle, order, writable, 1, sum);
            }
            assertArrayEquals(oracle.gradient(1, ReductionTree.ROOT), sum, "seed " + seed);
        }
    }

    private static void reduce(
            ShardReduction reduction,
            ChunkedRange range,
            Oracle oracle,
            List<Integer> order,
            Set<Integer> writable,
            long step,
            float[] sum) {
        List<NativeFloats> vectors = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            int node = order.get(i);
            float[] values = oracle.gradient(step, node);
            NativeFloats vector = NativeFloats.allocate(FLOATS);
            vectors.add(vector);
            vector.put(0, values);
            for (int chunk = 0; chunk < range.chunks(); chunk++) {
                long address = reduction.add(chunk, node, vector.address(range.start(chunk)), writable.contains(node));
                assertEquals(i == order.size() - 1, address != ShardReduction.INCOMPLETE);
                if (address != ShardReduction.INCOMPLETE) {
                    copy(address, sum, (int) range.start(chunk), range.length(chunk));
                }
            }
            if (!writable.contains(node)) {
                assertArrayEquals(values, vector.get(0, FLOATS), "a log's memory is not the shard's to write");
            }
        }
        vectors.forEach(NativeFloats::close);
    }

    private static void copy(long address, float[] target, int offset, int length) {
        try (NativeFloats copy = NativeFloats.allocate(length)) {
            new io.covey.trainer.memory.VectorKernels().copy(copy.address(), address, length);
            System.arraycopy(copy.get(0, length), 0, target, offset, length);
        }
    }
}
