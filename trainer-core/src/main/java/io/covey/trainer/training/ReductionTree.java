package io.covey.trainer.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The fixed binary tree along which the gradient sums of the V virtual shards are added. It depends on V alone, so the
 * order of floating-point additions never depends on workers, timing or failures.
 *
 * <p>The tree over leaves [lo, hi) splits at lo + the largest power of two below hi - lo. Nodes are numbered in preorder: the
 * root is 0, and a subtree of n leaves takes 2n - 1 consecutive numbers. Immutable.
 */
public final class ReductionTree {
    /** The number of the root. */
    public static final int ROOT = 0;

    private final int leaves;
    private final int[] parent;
    private final int[] sibling;
    private final int[] firstLeaf;
    private final int[] leafCount;

    private ReductionTree(int leaves) {
        this.leaves = leaves;
        int nodes = 2 * leaves - 1;
        parent = new int[nodes];
        sibling = new int[nodes];
        firstLeaf = new int[nodes];
        leafCount = new int[nodes];
        build(ROOT, -1, 0, leaves);
        sibling[ROOT] = -1;
    }

    /** The tree over {@code leaves} virtual shards, at least 1. */
    public static ReductionTree of(int leaves) {
        if (leaves < 1) {
            throw new IllegalArgumentException("a reduction tree needs at least 1 leaf, not " + leaves);
        }
        return new ReductionTree(leaves);
    }

    private void build(int node, int up, int lo, int hi) {
        parent[node] = up;
        firstLeaf[node] = lo;
        leafCount[node] = hi - lo;
        if (hi - lo > 1) {
            int leftLeaves = Integer.highestOneBit(hi - lo - 1);
            int left = node + 1;
            int right = left + 2 * leftLeaves - 1;
            sibling[left] = right;
            sibling[right] = left;
            build(left, node, lo, lo + leftLeaves);
            build(right, node, lo + leftLeaves, hi);
        }
    }

    /** Number of leaves V. */
    public int leaves() {
        return leaves;
    }

    /** Number of nodes, 2V - 1. */
    public int nodes() {
        return parent.length;
    }

    /** The node of leaf {@code v}. */
    public int leaf(int v) {
        int node = ROOT;
        while (leafCount[node] > 1) {
            int left = node + 1;
            node = v < firstLeaf[sibling[left]] ? left : sibling[left];
        }
        return node;
    }

    /** The parent of {@code node}, -1 for the root. */
    public int parent(int node) {
        return parent[node];
    }

    /** The other child of {@code node}'s parent, -1 for the root. */
    public int sibling(int node) {
        return sibling[node];
    }

    /** First leaf below {@code node}. */
    public int firstLeaf(int node) {
        return firstLeaf[node];
    }

    /** Number of leaves below {@code node}. */
    public int leafCount(int node) {
        return leafCount[node];
    }

    /** The largest complete subtrees whose leaves are all in {@code owned}, from left to right: what their owner sends. */
    public List<Integer> cover(Set<Integer> owned) {
        List<Integer> nodes = new ArrayList<>();
        cover(ROOT, owned, nodes);
        return nodes;
    }

    private boolean cover(int node, Set<Integer> owned, List<Integer> out) {
        if (leafCount[node] == 1) {
            return owned.contains(firstLeaf[node]) && out.add(node);
        }
        int mark = out.size();
        int left = node + 1;
        boolean leftWhole = cover(left, owned, out);
        boolean whole = cover(sibling[left], owned, out) && leftWhole;
        if (whole) {
            out.subList(mark, out.size()).clear();
            out.add(node);
        }
        return whole;
    }
}
