package io.covey.server.exchange;

import io.covey.server.membership.Topology;
import io.covey.trainer.training.ReductionTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which worker contributes which nodes of the reduction tree in every step: the largest whole subtrees that it owns or, where
 * gradients travel encoded, each leaf by itself, so that the code does not depend on who owns what.
 *
 * @param tree over all virtual shards
 * @param nodes all contributed nodes; together they cover the leaves
 * @param owners worker of each, in the order of {@code nodes}
 */
public record Contributions(ReductionTree tree, List<Integer> nodes, List<Integer> owners) {
    /** @param leafwise whether gradients travel encoded */
    public static Contributions of(Topology topology, boolean leafwise) {
        ReductionTree tree = ReductionTree.of(topology.leafOwners().size());
        List<Integer> nodes = new ArrayList<>();
        List<Integer> owners = new ArrayList<>();
        for (int worker = 0; worker < topology.members().size(); worker++) {
            Set<Integer> leaves = topology.leavesOf(worker);
            for (int node : leafwise ? leaves.stream().map(tree::leaf).toList() : tree.cover(leaves)) {
                nodes.add(node);
                owners.add(worker);
            }
        }
        return new Contributions(tree, List.copyOf(nodes), List.copyOf(owners));
    }

    /** The nodes that {@code worker} contributes. */
    public int[] nodesOf(int worker) {
        return IntStream.range(0, nodes.size())
                .filter(i -> owners.get(i) == worker)
                .map(nodes::get)
                .toArray();
    }

    /** Those among {@code workers} that contribute nothing. */
    public int[] spectators(int[] workers) {
        return Arrays.stream(workers).filter(w -> !owners.contains(w)).toArray();
    }

    /** The nodes that {@code worker} and {@code others} contribute. */
    public Set<Integer> nodesIn(int worker, int[] others) {
        return IntStream.concat(IntStream.of(worker), IntStream.of(others))
                .flatMap(w -> IntStream.of(nodesOf(w)))
                .boxed()
                .collect(Collectors.toSet());
    }

    /** Indexes in {@link #nodes} of what {@code workers} contribute. */
    public int[] indexesOf(int[] workers) {
        return IntStream.range(0, nodes.size())
                .filter(i -> Arrays.stream(workers).anyMatch(w -> w == owners.get(i)))
                .toArray();
    }

    /** By tree node: index in {@link #nodes}, -1 for a node that nobody contributes. */
    public int[] indexByNode() {
        int[] index = new int[tree.nodes()];
        Arrays.fill(index, -1);
        for (int i = 0; i < nodes.size(); i++) {
            index[nodes.get(i)] = i;
        }
        return index;
    }
}
