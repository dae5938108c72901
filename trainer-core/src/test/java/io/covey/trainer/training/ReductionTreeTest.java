package io.covey.trainer.training;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class ReductionTreeTest {
    private static final long SEED = 11;

    @Test
    void shouldBeABinaryTreeOverAllLeaves() {
        for (int leaves = 1; leaves <= 40; leaves++) {
            ReductionTree tree = ReductionTree.of(leaves);
            assertEquals(2 * leaves - 1, tree.nodes());
            assertEquals(-1, tree.parent(ReductionTree.ROOT));
            assertEquals(leaves, tree.leafCount(ReductionTree.ROOT));
            for (int node = 1; node < tree.nodes(); node++) {
                int sibling = tree.sibling(node);
                assertEquals(node, tree.sibling(sibling));
                int parent = tree.parent(node);
                assertEquals(parent, tree.parent(sibling));
                assertTrue(parent < node);
                assertEquals(tree.leafCount(parent), tree.leafCount(node) + tree.leafCount(sibling));
            }
            for (int leaf = 0; leaf < leaves; leaf++) {
                int node = tree.leaf(leaf);
                assertEquals(1, tree.leafCount(node));
                assertEquals(leaf, tree.firstLeaf(node));
            }
        }
    }

    @Test
    void shouldCoverOwnedLeavesOnceWithLargestSubtrees() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 500; round++) {
            ReductionTree tree = ReductionTree.of(random.nextInt(1, 33));
            Set<Integer> owned = new HashSet<>();
            for (int leaf = 0; leaf < tree.leaves(); leaf++) {
                if (random.nextBoolean()) {
                    owned.add(leaf);
                }
            }
            String message = "seed " + SEED + " round " + round + ": " + tree.leaves() + " leaves, owned " + owned;
            List<Integer> cover = tree.cover(owned);
            Set<Integer> covered = new HashSet<>();
            for (int node : cover) {
                for (int leaf = 0; leaf < tree.leafCount(node); leaf++) {
                    assertTrue(covered.add(tree.firstLeaf(node) + leaf), message);
                }
                assertTrue(node == ReductionTree.ROOT || !cover.contains(tree.sibling(node)), message);
            }
            assertEquals(owned, covered, message);
        }
    }

    @Test
    void shouldSendOneSubtreePerWorkerWhenBothArePowersOfTwo() {
        ReductionTree tree = ReductionTree.of(8);
        assertEquals(1, tree.cover(Set.of(0, 1)).size());
        assertEquals(1, tree.cover(Set.of(4, 5, 6, 7)).size());
        assertEquals(List.of(ReductionTree.ROOT), tree.cover(Set.of(0, 1, 2, 3, 4, 5, 6, 7)));
    }
}
