package io.covey.server.membership;

import io.covey.trainer.training.ReductionTree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A worker as the simulation has it: the rules of the real one (what is kept, what is pushed, when a step is done), one float
 * for each server shard. Its messages go through the simulation's network.
 */
final class SimulatedWorker {
    /** A shard's parameter and slot before {@code step}, and before the step before. */
    private static final class State {
        private final long step;
        private final float[] now;
        private final float[] before;

        State(long step, float[] now, float[] before) {
            this.step = step;
            this.now = now;
            this.before = before;
        }

        float[] at(long wanted) {
            return wanted == step ? now : wanted == step - 1 ? before : null;
        }
    }

    final Member member;
    private final Simulation simulation;
    private int epoch = -1;
    private int connectedEpoch = -1;
    private boolean paused;
    private Topology topology;
    private List<Integer> nodes = List.of();
    private boolean synchronizing;
    private boolean training;
    private long step;
    private float[] parameters;
    private Map<Integer, State> held = new TreeMap<>();
    private Map<Integer, State> next = new TreeMap<>();
    private final Map<Integer, Map<Integer, Float>> contributions = new HashMap<>();
    private final Map<String, float[]> early = new HashMap<>();
    private final Set<Integer> received = new HashSet<>();
    /** By rank of a member that contributes nothing: the last step that it has taken. */
    private final Map<Integer, Long> taken = new HashMap<>();

    SimulatedWorker(Simulation simulation, Member member) {
        this.simulation = simulation;
        this.member = member;
    }

    int number() {
        return member.worker();
    }

    float[] parameters() {
        return parameters;
    }

    void pause(int newEpoch) {
        if (newEpoch <= epoch) {
            return;
        }
        epoch = newEpoch;
        paused = true;
        training = false;
        synchronizing = false;
        List<Holding> holdings = new ArrayList<>();
        held.forEach((shard, state) -> holdings.add(new Holding(shard, state.step, state.before != null)));
        simulation.toCoordinator(this, now -> simulation.membership.paused(number(), newEpoch, holdings, now));
    }

    void assign(Topology assigned) {
        if (assigned.epoch() < epoch) {
            return;
        }
        epoch = assigned.epoch();
        paused = true;
        topology = assigned;
        nodes = simulation.tree.cover(assigned.leavesOf(assigned.rankOf(number())));
        simulation.toCoordinator(this, now -> simulation.membership.loaded(number(), assigned.epoch(), now));
    }

    void connect(int ofEpoch, long heldStep, long checkpointStep) {
        if (ofEpoch != epoch) {
            return;
        }
        connectedEpoch = ofEpoch;
        paused = false;
        synchronizing = true;
        training = false;
        step = heldStep == Membership.NOT_HELD ? checkpointStep : heldStep;
        parameters = new float[simulation.servers];
        received.clear();
        taken.clear();
        contributions.clear();
        early.clear();
        next = new TreeMap<>();
        int rank = topology.rankOf(number());
        for (int shard = 0; shard < topology.shardHosts().size(); shard++) {
            if (topology.shardHosts().get(shard) != rank) {
                continue;
            }
            float[] state = heldStep == Membership.NOT_HELD
                    ? simulation.reference(shard, step)
                    : held.get(shard).at(step);
            next.put(shard, new State(step, state, null));
            publish(shard, step - 1, state);
        }
    }

    void train(int ofEpoch) {
        if (ofEpoch == epoch && !paused && !synchronizing && !training) {
            training = true;
            push();
        }
    }

    private void push() {
        received.clear();
        if (step == simulation.steps) {
            training = false;
            simulation.done(this, epoch);
            return;
        }
        simulation.reported(this, step, topology.leavesOf(topology.rankOf(number())));
        for (int node : nodes) {
            for (int shard = 0; shard < simulation.servers; shard++) {
                float sum = sum(node, parameters[shard], shard);
                int of = shard;
                long ofStep = step;
                int ofEpoch = epoch;
                simulation.toMember(
                        this,
                        topology.members().get(topology.shardHosts().get(shard)),
                        host -> host.gradient(ofEpoch, of, ofStep, node, sum));
            }
        }
        for (int shard = 0; shard < simulation.servers; shard++) {
            float[] state = early.remove(shard + "@" + step);
            if (state != null) {
                parameter(epoch, shard, step, state);
            }
        }
    }

    /** A subtree's gradient sum, along the tree. */
    private float sum(int node, float parameter, int shard) {
        ReductionTree tree = simulation.tree;
        if (tree.leafCount(node) == 1) {
            return Simulation.gradient(parameter, tree.firstLeaf(node), step, shard);
        }
        return sum(node + 1, parameter, shard) + sum(tree.sibling(node + 1), parameter, shard);
    }

    void gradient(int ofEpoch, int shard, long ofStep, int node, float sum) {
        State state = next.get(shard);
        if (ofEpoch != epoch || paused || state == null || ofStep < state.step) {
            return;
        }
        simulation.check(ofStep == state.step, "a gradient comes before its step");
        Map<Integer, Float> sums = contributions.computeIfAbsent(shard, s -> new HashMap<>());
        Set<Integer> expected = new HashSet<>();
        for (int rank = 0; rank < topology.members().size(); rank++) {
            expected.addAll(simulation.tree.cover(topology.leavesOf(rank)));
        }
        simulation.check(expected.contains(node), "nobody contributes node " + node);
        if (sums.putIfAbsent(node, sum) == null && sums.keySet().equals(expected)) {
            apply(shard);
        }
    }

    /** A member that contributes nothing has all parameters after a step. */
    void taken(int ofEpoch, int rank, long ofStep) {
        if (ofEpoch == epoch && !paused) {
            taken.merge(rank, ofStep, Math::max);
            contributions.keySet().stream().toList().forEach(this::apply);
        }
    }

    /** Applies the step in work, if all contributions are here and all who contribute nothing have taken the step before. */
    private void apply(int shard) {
        State state = next.get(shard);
        Map<Integer, Float> sums = contributions.get(shard);
        for (int rank = 0; rank < topology.members().size(); rank++) {
            List<Integer> due = simulation.tree.cover(topology.leavesOf(rank));
            boolean isBehind = due.isEmpty()
                    && topology.isReplicated()
                    && state.before != null
                    && taken.getOrDefault(rank, -1L) < state.step - 1;
            if (isBehind || !sums.keySet().containsAll(due)) {
                return;
            }
        }
        float[] updated = Simulation.update(state.now, combine(ReductionTree.ROOT, sums));
        contributions.remove(shard);
        next.put(shard, new State(state.step + 1, updated, state.now));
        publish(shard, state.step, updated);
    }

    private float combine(int node, Map<Integer, Float> sums) {
        Float sum = sums.get(node);
        return sum != null ? sum : combine(node + 1, sums) + combine(simulation.tree.sibling(node + 1), sums);
    }

    /** To all members; the replica keeps the slot too. */
    private void publish(int shard, long ofStep, float[] state) {
        int ofEpoch = epoch;
        for (Member each : topology.members()) {
            simulation.toMember(this, each, to -> to.parameter(ofEpoch, shard, ofStep, state));
        }
    }

    void parameter(int ofEpoch, int shard, long ofStep, float[] state) {
        if (ofEpoch > connectedEpoch) {
            // A stream waits until its receiver is there.
            simulation.later(this, worker -> worker.parameter(ofEpoch, shard, ofStep, state));
            return;
        }
        if (ofEpoch != epoch || paused) {
            return;
        }
        long expected = synchronizing ? step - 1 : step;
        if (ofStep > expected || (!synchronizing && !training)) {
            early.put(shard + "@" + ofStep, state);
            return;
        }
        if (ofStep < expected || !received.add(shard)) {
            return;
        }
        parameters[shard] = state[0];
        if (topology.replicaHosts().get(shard) == topology.rankOf(number())) {
            State old = next.get(shard);
            next.put(shard, new State(ofStep + 1, state, synchronizing || old == null ? null : old.now));
        }
        if (received.size() == simulation.servers) {
            stepDone();
        }
    }

    private void tellTaken(long ofStep) {
        int rank = topology.rankOf(number());
        int ofEpoch = epoch;
        for (int host : new HashSet<>(topology.shardHosts())) {
            simulation.toMember(this, topology.members().get(host), to -> to.taken(ofEpoch, rank, ofStep));
        }
    }

    private void stepDone() {
        if (synchronizing) {
            synchronizing = false;
            long at = step;
            int ofEpoch = epoch;
            simulation.toCoordinator(this, now -> simulation.membership.ready(number(), ofEpoch, at, now));
        } else {
            step++;
            if (nodes.isEmpty()) {
                tellTaken(step - 1);
            }
        }
        held = next;
        if (training) {
            push();
        }
    }
}
