package io.covey.server;

import io.covey.trainer.training.ReductionTree;
import java.util.Random;

/** What training must give, in plain Java float arithmetic: gradients of leaves, their sums along the tree, SGD. */
public final class Oracle {
    public static final float LEARNING_RATE = 0.05f;

    private final long seed;
    private final int floats;
    private final ReductionTree tree;
    private final float[] weights;

    public Oracle(long seed, int floats, int leaves) {
        this.seed = seed;
        this.floats = floats;
        this.tree = ReductionTree.of(leaves);
        this.weights = random(-1, 0);
    }

    public float[] weights() {
        return weights;
    }

    /** Samples of the subtree of {@code node} in {@code step}; some leaves have none. */
    public int samples(long step, int node) {
        int sum = 0;
        for (int v = tree.firstLeaf(node); v < tree.firstLeaf(node) + tree.leafCount(node); v++) {
            sum += (int) ((step * 7 + v * 3L) % 5);
        }
        return sum;
    }

    /** Gradient sum of the subtree of {@code node} in {@code step}. */
    public float[] gradient(long step, int node) {
        if (tree.leafCount(node) == 1) {
            int leaf = tree.firstLeaf(node);
            return samples(step, node) == 0 ? new float[floats] : random(step, leaf);
        }
        float[] sum = gradient(step, node + 1);
        float[] right = gradient(step, tree.sibling(node + 1));
        for (int i = 0; i < floats; i++) {
            sum[i] += right[i];
        }
        return sum;
    }

    /** Applies {@code step}. */
    public void apply(long step) {
        int samples = samples(step, ReductionTree.ROOT);
        if (samples == 0) {
            return;
        }
        float[] sum = gradient(step, ReductionTree.ROOT);
        float factor = -(LEARNING_RATE * (1f / samples));
        for (int i = 0; i < floats; i++) {
            float change = factor * sum[i];
            weights[i] = weights[i] + change;
        }
    }

    private float[] random(long step, int leaf) {
        Random random = new Random(seed + step * 1000 + leaf);
        float[] values = new float[floats];
        for (int i = 0; i < floats; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
