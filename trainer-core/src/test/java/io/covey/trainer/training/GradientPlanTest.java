package io.covey.trainer.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class GradientPlanTest {
    private static final long SEED = 7;

    @Test
    void shouldAddAsTheTreeSaysForAnyOwnershipAndLaneCount() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 2_000; round++) {
            ReductionTree tree = ReductionTree.of(random.nextInt(1, 20));
            List<Integer> owned = new ArrayList<>(IntStream.range(0, tree.leaves())
                    .filter(leaf -> random.nextInt(4) > 0)
                    .boxed()
                    .toList());
            int lanes = random.nextInt(1, Math.max(1, owned.size()) + 1);
            boolean accumulates = random.nextBoolean();
            GradientPlan plan = GradientPlan.of(tree, owned, lanes, accumulates);
            String message = "seed " + SEED + " round " + round + ": " + tree.leaves() + " leaves, owned " + owned
                    + ", " + lanes + " lanes, accumulates " + accumulates;

            String[] buffers = new String[plan.buffers()];
            for (List<GradientPlan.Leaf> lane : plan.lanes()) {
                for (GradientPlan.Leaf leaf : lane) {
                    assertTrue(accumulates || !leaf.accumulate(), message);
                    String own = Integer.toString(owned.get(leaf.index()));
                    buffers[leaf.buffer()] = leaf.accumulate() ? "(" + buffers[leaf.buffer()] + "+" + own + ")" : own;
                    leaf.adds().forEach(add -> apply(add, buffers));
                }
            }
            plan.adds().forEach(add -> apply(add, buffers));

            assertEquals(
                    tree.cover(Set.copyOf(owned)),
                    plan.subtrees().stream().map(GradientPlan.Subtree::node).toList(),
                    message);
            for (GradientPlan.Subtree subtree : plan.subtrees()) {
                assertEquals(sum(tree, subtree.node()), buffers[subtree.buffer()], message);
                assertEquals(tree.firstLeaf(subtree.node()), owned.get(subtree.firstIndex()), message);
                assertEquals(tree.leafCount(subtree.node()), subtree.leaves(), message);
            }
        }
    }

    private static void apply(GradientPlan.Add add, String[] buffers) {
        buffers[add.target()] = "(" + buffers[add.target()] + "+" + buffers[add.source()] + ")";
    }

    private static String sum(ReductionTree tree, int node) {
        if (tree.leafCount(node) == 1) {
            return Integer.toString(tree.firstLeaf(node));
        }
        int left = node + 1;
        return "(" + sum(tree, left) + "+" + sum(tree, tree.sibling(left)) + ")";
    }

    @Test
    void shouldNeedOneBufferPerLevelAboveTheLeavesWhenOneLaneOwnsAll() {
        List<Integer> all = IntStream.range(0, 64).boxed().toList();
        GradientPlan plan = GradientPlan.of(ReductionTree.of(64), all, 1, true);
        assertEquals(6, plan.buffers());
        assertTrue(plan.adds().isEmpty());
    }
}
