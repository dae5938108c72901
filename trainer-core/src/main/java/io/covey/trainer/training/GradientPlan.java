package io.covey.trainer.training;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which lane computes which leaf into which gradient buffer, and which buffers are then added, along the
 * {@link ReductionTree}. A lane adds siblings as soon as it has both, and so needs one buffer per level of the tree instead
 * of one per leaf.
 *
 * @param lanes what each lane does, one leaf after the other
 * @param adds additions of subtrees from different lanes, to be done after all leaves in this order
 * @param subtrees the largest complete subtrees that are owned, from left to right
 * @param buffers number of gradient buffers
 */
record GradientPlan(List<List<Leaf>> lanes, List<Add> adds, List<Subtree> subtrees, int buffers) {
    /**
     * A leaf to compute.
     *
     * @param index position among the owned leaves
     * @param buffer where its gradient goes
     * @param accumulate whether its gradient is added to what the buffer holds, the sum of its left sibling
     * @param adds to be done right after it, in this order
     */
    record Leaf(int index, int buffer, boolean accumulate, List<Add> adds) {}

    /** Buffer {@code target += source}. */
    record Add(int target, int source) {}

    /**
     * The root of an owned subtree.
     *
     * @param node in the reduction tree
     * @param buffer where its sum is in the end
     * @param firstIndex position of its first leaf among the owned leaves
     * @param leaves number of its leaves
     */
    record Subtree(int node, int buffer, int firstIndex, int leaves) {}

    /**
     * Deals the owned leaves to lanes, in runs of nearly equal length.
     *
     * @param owned leaves in ascending order
     * @param accumulates whether a leaf may be added to its left sibling's sum as it is computed
     */
    static GradientPlan of(ReductionTree tree, List<Integer> owned, int laneCount, boolean accumulates) {
        return new Planner(tree, owned, accumulates).plan(laneCount);
    }

    /** The same with a buffer for each leaf, and nothing added: each owned leaf is a subtree of its own. */
    static GradientPlan ofLeaves(ReductionTree tree, List<Integer> owned, int laneCount) {
        List<List<Leaf>> lanes = new ArrayList<>();
        for (int lane = 0; lane < laneCount; lane++) {
            lanes.add(IntStream.range(firstOf(lane, laneCount, owned), firstOf(lane + 1, laneCount, owned))
                    .mapToObj(index -> new Leaf(index, index, false, List.of()))
                    .toList());
        }
        List<Subtree> subtrees = IntStream.range(0, owned.size())
                .mapToObj(index -> new Subtree(tree.leaf(owned.get(index)), index, index, 1))
                .toList();
        return new GradientPlan(List.copyOf(lanes), List.of(), subtrees, owned.size());
    }

    private static int firstOf(int lane, int laneCount, List<Integer> owned) {
        return (int) ((long) lane * owned.size() / laneCount);
    }

    private static final class Planner {
        private static final int NONE = -1;

        private final ReductionTree tree;
        private final List<Integer> owned;
        private final boolean accumulates;
        private final int[] bufferOfNode;
        private int buffers;

        Planner(ReductionTree tree, List<Integer> owned, boolean accumulates) {
            this.tree = tree;
            this.owned = owned;
            this.accumulates = accumulates;
            this.bufferOfNode = new int[tree.nodes()];
            Arrays.fill(bufferOfNode, NONE);
        }

        GradientPlan plan(int laneCount) {
            List<List<Leaf>> lanes = new ArrayList<>();
            int[] resultOfLane = new int[tree.nodes()];
            Arrays.fill(resultOfLane, NONE);
            for (int lane = 0; lane < laneCount; lane++) {
                lanes.add(lane(firstOf(lane, laneCount, owned), firstOf(lane + 1, laneCount, owned)));
                // Other lanes must not add to this lane's results before all are done.
                for (int node = 0; node < bufferOfNode.length; node++) {
                    if (bufferOfNode[node] != NONE) {
                        resultOfLane[node] = bufferOfNode[node];
                        bufferOfNode[node] = NONE;
                    }
                }
            }
            System.arraycopy(resultOfLane, 0, bufferOfNode, 0, bufferOfNode.length);
            List<Add> adds = new ArrayList<>();
            for (int node = bufferOfNode.length - 1; node > ReductionTree.ROOT; node--) {
                merge(node, adds, new ArrayDeque<>());
            }
            List<Subtree> subtrees = tree.cover(Set.copyOf(owned)).stream()
                    .map(node -> new Subtree(
                            node, bufferOfNode[node], owned.indexOf(tree.firstLeaf(node)), tree.leafCount(node)))
                    .toList();
            return new GradientPlan(List.copyOf(lanes), List.copyOf(adds), subtrees, buffers);
        }

        private List<Leaf> lane(int from, int to) {
            List<Leaf> leaves = new ArrayList<>();
            Deque<Integer> free = new ArrayDeque<>();
            for (int index = from; index < to; index++) {
                int node = tree.leaf(owned.get(index));
                int sibling = tree.sibling(node);
                boolean accumulate = accumulates && sibling != NONE && bufferOfNode[sibling] != NONE;
                int buffer;
                if (accumulate) {
                    buffer = bufferOfNode[sibling];
                    bufferOfNode[sibling] = NONE;
                    node = tree.parent(node);
                } else {
                    buffer = free.isEmpty() ? buffers++ : free.pop();
                }
                bufferOfNode[node] = buffer;
                List<Add> adds = new ArrayList<>();
                while (merge(node, adds, free)) {
                    node = tree.parent(node);
                }
                leaves.add(new Leaf(index, buffer, accumulate, List.copyOf(adds)));
            }
            return List.copyOf(leaves);
        }

        /** Adds {@code node} and its sibling if both are there. */
        private boolean merge(int node, List<Add> adds, Deque<Integer> free) {
            int sibling = tree.sibling(node);
            if (sibling == NONE || bufferOfNode[node] == NONE || bufferOfNode[sibling] == NONE) {
                return false;
            }
            int left = Math.min(node, sibling);
            int right = Math.max(node, sibling);
            adds.add(new Add(bufferOfNode[left], bufferOfNode[right]));
            free.push(bufferOfNode[right]);
            bufferOfNode[tree.parent(node)] = bufferOfNode[left];
            bufferOfNode[left] = NONE;
            bufferOfNode[right] = NONE;
            return true;
        }
    }
}
