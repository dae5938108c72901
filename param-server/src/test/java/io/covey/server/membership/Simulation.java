package io.covey.server.membership;

import io.covey.trainer.training.ReductionTree;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/**
 * A run in simulated time: the real {@link Membership}, workers after the rules of the real ones, and a network that delays,
 * duplicates, reorders, and drops (what is dropped is sent again later, as Aeron does). Workers are killed, stopped for a while,
 * cut off, and come, at random times.
 */
final class Simulation {
    private static final long HEARTBEAT_NS = 400;
    private static final long DELAY_NS = 20;
    private static final long RESEND_NS = 100;
    private static final long START_NS = 20_000;
    private static final long PAUSE_NS = 3_000;
    private static final long END_NS = 10_000_000;
    private static final int CHECKPOINT_STEPS = 5;
    private static final int FIRST_SERVER = 100;

    private record Event(long atNs, long number, Runnable action) {}

    final int virtualShards;
    final int servers;
    final int steps;
    final ReductionTree tree;
    final Membership membership;
    private final Random random;
    private final float[][][] reference;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atNs).thenComparingLong(Event::number));
    private final Map<Integer, SimulatedWorker> workers = new TreeMap<>();
    private final Set<Integer> dead = new HashSet<>();
    private final Map<Integer, Long> frozenUntilNs = new HashMap<>();
    /** By sender and receiver: control messages arrive in order. */
    private final Map<String, Long> lastArrivalNs = new HashMap<>();

    private final Map<Long, BitSet> reported = new TreeMap<>();
    private final Set<Integer> finished = new TreeSet<>();
    private long nowNs;
    private long eventNumber;
    private int joiners;
    private Topology settled;
    private String failure;
    int changes;
    int rollbacks;
    int restored;

    Simulation(long seed) {
        random = new Random(seed);
        virtualShards = 1 + random.nextInt(9);
        servers = 1 + random.nextInt(3);
        steps = 1 + random.nextInt(40);
        tree = ReductionTree.of(virtualShards);
        reference = new float[servers][steps + 1][];
        train();
        int initial = 1 + random.nextInt(Math.min(5, virtualShards));
        joiners = random.nextInt(4);
        boolean dedicated = random.nextInt(3) == 0;
        int most = initial + random.nextInt(virtualShards - initial + 1);
        membership = new Membership(
                new MembershipRules(
                        initial,
                        1 + random.nextInt(initial),
                        most,
                        virtualShards,
                        servers,
                        random.nextInt(4) == 0 ? 0 : 1,
                        dedicated ? servers : 0,
                        START_NS,
                        PAUSE_NS),
                members -> 1,
                this::isReportedBefore);
        for (int worker = 0; worker < initial + joiners; worker++) {
            int number = worker;
            at(worker < initial ? random.nextInt(100) : random.nextInt(2000), () -> join(number, false));
        }
        List<Integer> victims =
                new ArrayList<>(IntStream.range(0, initial + joiners).boxed().toList());
        // One comes later, in place of one that is lost.
        for (int server = 0; dedicated && server <= servers; server++) {
            int number = FIRST_SERVER + server;
            victims.add(number);
            at(server < servers ? random.nextInt(100) : random.nextInt(2000), () -> join(number, true));
        }
        int faults = 1 + random.nextInt(4);
        for (int i = 0; i < faults; i++) {
            int victim = victims.get(random.nextInt(victims.size()));
            int kind = random.nextInt(4);
            at(random.nextInt(1500), () -> strike(victim, kind));
        }
    }

    static float gradient(float parameter, int leaf, long step, int shard) {
        return (float) Math.sin(parameter * (leaf + 1.7) + step * 0.37 + shard) * (1 + leaf * 1e-3f);
    }

    /** Momentum: a parameter and a slot. */
    static float[] update(float[] state, float gradientSum) {
        float velocity = 0.9f * state[1] - 0.01f * gradientSum;
        return new float[] {state[0] + velocity, velocity};
    }

    private void train() {
        for (int shard = 0; shard < servers; shard++) {
            reference[shard][0] = new float[] {0.1f * (shard + 1), 0};
            for (int step = 0; step < steps; step++) {
                float[] state = reference[shard][step];
                reference[shard][step + 1] = update(state, sum(ReductionTree.ROOT, state[0], step, shard));
            }
        }
    }

    private float sum(int node, float parameter, long step, int shard) {
        return tree.leafCount(node) == 1
                ? gradient(parameter, tree.firstLeaf(node), step, shard)
                : sum(node + 1, parameter, step, shard) + sum(tree.sibling(node + 1), parameter, step, shard);
    }

    float[] reference(int shard, long step) {
        return reference[shard][(int) step];
    }

    private boolean isReportedBefore(long step) {
        for (long each = 0; each < step; each++) {
            BitSet leaves = reported.get(each);
            if (leaves == null || leaves.cardinality() < virtualShards) {
                return false;
            }
        }
        return true;
    }

    private void at(long atNs, Runnable action) {
        events.add(new Event(atNs, eventNumber++, action));
    }

    private void join(int number, boolean dedicated) {
        Member member = new Member(number, "host", "/aeron-" + number, "h:" + number, "" + number, "any", dedicated);
        SimulatedWorker worker = new SimulatedWorker(this, member);
        workers.put(number, worker);
        toCoordinator(worker, now -> membership.registered(worker.member, now));
    }

    private void strike(int victim, int kind) {
        if (dead.contains(victim) || !workers.containsKey(victim)) {
            return;
        }
        if (kind == 0) {
            dead.add(victim);
            at(nowNs + 1 + random.nextLong(HEARTBEAT_NS), () -> lose(victim));
        } else if (kind == 3) {
            carryOut(membership.renew(nowNs));
        } else {
            long pauseNs = random.nextLong(3 * HEARTBEAT_NS);
            if (kind == 1) {
                frozenUntilNs.put(victim, nowNs + pauseNs);
            }
            // Kind 2 lives and works: only its signs of life are lost.
            if (pauseNs > HEARTBEAT_NS) {
                at(nowNs + HEARTBEAT_NS, () -> lose(victim));
            }
        }
    }

    private void lose(int worker) {
        carryOut(membership.lost(worker, "worker " + worker + " is silent", nowNs));
    }

    private long delayNs() {
        long delayNs = 1 + random.nextLong(DELAY_NS);
        return random.nextInt(10) == 0 ? delayNs + RESEND_NS : delayNs;
    }

    /** In order; may come twice, as if a worker did not know that it had said so. */
    void toCoordinator(SimulatedWorker from, LongFunction<List<MembershipAction>> message) {
        control("from " + from.number(), random.nextInt(20) == 0, () -> {
            if (!membership.hasLost(from.number())) {
                carryOut(message.apply(nowNs));
            }
        });
    }

    private void control(String way, boolean twice, Runnable delivery) {
        long arrivalNs = Math.max(nowNs + delayNs(), lastArrivalNs.getOrDefault(way, 0L) + 1);
        lastArrivalNs.put(way, arrivalNs);
        at(arrivalNs, delivery);
        if (twice) {
            lastArrivalNs.put(way, arrivalNs + 1);
            at(arrivalNs + 1, delivery);
        }
    }

    /** In any order; may come twice. */
    void toMember(SimulatedWorker from, Member to, Consumer<SimulatedWorker> message) {
        int copies = random.nextInt(10) == 0 ? 2 : 1;
        for (int copy = 0; copy < copies; copy++) {
            at(nowNs + delayNs(), () -> deliver(to.worker(), message));
        }
    }

    void later(SimulatedWorker to, Consumer<SimulatedWorker> message) {
        // What is said to a membership that never came about is never taken.
        if (nowNs < END_NS / 2) {
            at(nowNs + RESEND_NS, () -> deliver(to.number(), message));
        }
    }

    private void deliver(int to, Consumer<SimulatedWorker> message) {
        long frozenNs = frozenUntilNs.getOrDefault(to, 0L);
        if (dead.contains(to)) {
            return;
        }
        if (frozenNs > nowNs) {
            at(frozenNs, () -> deliver(to, message));
        } else {
            message.accept(workers.get(to));
        }
    }

    private void toWorker(int to, Consumer<SimulatedWorker> command) {
        control("to " + to, false, () -> deliver(to, command));
    }

    void reported(SimulatedWorker from, long step, Set<Integer> leaves) {
        toCoordinator(from, now -> {
            leaves.forEach(reported.computeIfAbsent(step, s -> new BitSet())::set);
            return List.of();
        });
    }

    void done(SimulatedWorker from, int epoch) {
        toCoordinator(from, now -> {
            if (settled != null && settled.epoch() == epoch) {
                finished.add(from.number());
            }
            return List.of();
        });
    }

    private void carryOut(List<MembershipAction> actions) {
        for (MembershipAction action : actions) {
            if (action instanceof MembershipAction.Pause pause) {
                changes++;
                settled = null;
                finished.clear();
                pause.workers().forEach(w -> toWorker(w, worker -> worker.pause(pause.epoch())));
            } else if (action instanceof MembershipAction.Assign assign) {
                assign.topology().workers().forEach(w -> toWorker(w, worker -> worker.assign(assign.topology())));
            } else if (action instanceof MembershipAction.Connect connect) {
                long checkpoint = checkpointStep();
                int epoch = connect.topology().epoch();
                rollbacks += epoch > 0 && connect.heldStep() == Membership.NOT_HELD ? 1 : 0;
                restored += connect.heldStep() == Membership.NOT_HELD ? 0 : 1;
                connect.topology()
                        .workers()
                        .forEach(w -> toWorker(w, worker -> worker.connect(epoch, connect.heldStep(), checkpoint)));
            } else if (action instanceof MembershipAction.Settle settle) {
                settled = settle.topology();
                for (int worker : settled.workers()) {
                    if (!dead.contains(worker)) {
                        requireReference(workers.get(worker), settle.step());
                    }
                    toWorker(worker, w -> w.train(settle.topology().epoch()));
                }
            } else if (action instanceof MembershipAction.Fail fail) {
                failure = fail.message();
            }
        }
    }

    /** The newest checkpoint: of a step that all have reported. */
    private long checkpointStep() {
        long step = 0;
        while (step + CHECKPOINT_STEPS <= steps && isReportedBefore(step + CHECKPOINT_STEPS + 1)) {
            step += CHECKPOINT_STEPS;
        }
        return step;
    }

    void requireReference(SimulatedWorker worker, long step) {
        for (int shard = 0; shard < servers; shard++) {
            check(
                    worker.parameters()[shard] == reference(shard, step)[0],
                    "worker " + worker.number() + " has other bits of shard " + shard + " at step " + step);
        }
    }

    void check(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalStateException("at " + nowNs + ": " + problem);
        }
    }

    /** Runs to the end; returns why the membership gave up, or null when the job is done. */
    String run() {
        while (nowNs < END_NS) {
            if (failure != null) {
                return failure;
            }
            if (settled != null && finished.containsAll(settled.workers())) {
                settled.workers().stream()
                        .filter(w -> !dead.contains(w))
                        .forEach(w -> requireReference(workers.get(w), steps));
                return null;
            }
            Event event = events.poll();
            if (event == null || event.atNs() - nowNs > PAUSE_NS) {
                // Nothing is under way: only deadlines are left.
                if (event != null) {
                    events.add(event);
                }
                nowNs += PAUSE_NS;
            } else {
                nowNs = Math.max(nowNs, event.atNs());
                event.action().run();
            }
            carryOut(membership.tick(nowNs));
        }
        throw new IllegalStateException("no end: " + membership.activity() + ", settled " + settled);
    }
}
