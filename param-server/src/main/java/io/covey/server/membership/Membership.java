package io.covey.server.membership;

import io.covey.server.membership.MembershipAction.Assign;
import io.covey.server.membership.MembershipAction.Connect;
import io.covey.server.membership.MembershipAction.Dismiss;
import io.covey.server.membership.MembershipAction.Fail;
import io.covey.server.membership.MembershipAction.Pause;
import io.covey.server.membership.MembershipAction.Settle;
import io.covey.trainer.Counted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Decides who takes part: events in, {@link MembershipAction}s out. It knows no clock, no network and no threads; each event
 * brings the time, and whoever calls it carries the actions out.
 *
 * <p>Any change begins a new epoch. All members are paused and say what server shards they can restore; who is there then
 * becomes the new membership: it loads its virtual shards, connects, and goes on from the newest step that all shards can be
 * restored to, or from the newest checkpoint. A change in the middle of that begins the next epoch. A worker that was lost
 * stays lost: its number is never used again.
 */
public final class Membership {
    /** In place of a step: no state that a member holds, but the newest checkpoint's. */
    public static final long NOT_HELD = -1;

    private enum Phase {
        GATHERING,
        PAUSING,
        SHORT_OF_WORKERS,
        LOADING,
        CONNECTING,
        SETTLED,
        FAILED
    }

    private final MembershipRules rules;
    private final ToIntFunction<List<Member>> chunkLength;
    private final LongPredicate resumable;

    /** All that have come and are not lost. */
    private final Map<Integer, Member> present = new TreeMap<>();
    /** Those among them that were ever given a part, and so must be paused. */
    private final Set<Integer> engaged = new TreeSet<>();

    private final Set<Integer> lost = new TreeSet<>();
    private final Map<Integer, List<Holding>> holdings = new TreeMap<>();
    private final Set<Integer> awaited = new TreeSet<>();
    private Phase phase = Phase.GATHERING;
    private Topology topology;
    private long heldStep = NOT_HELD;
    private long settledStep;
    private int epoch;
    private long deadlineNs;
    private boolean clockStarted;
    private String lastLoss = "";

    private List<MembershipAction> actions = new ArrayList<>();

    /**
     * Nobody yet.
     *
     * @param chunkLength floats per data frame that suits these members
     * @param resumable asked for a step that the members could go on from: whether nothing that was lost with a worker is
     *     needed for the steps before it
     */
    public Membership(MembershipRules rules, ToIntFunction<List<Member>> chunkLength, LongPredicate resumable) {
        this.rules = rules;
        this.chunkLength = chunkLength;
        this.resumable = resumable;
    }

    /** A worker has come. */
    public List<MembershipAction> registered(Member member, long nowNs) {
        if (!lost.contains(member.worker())) {
            present.put(member.worker(), member);
            if ((phase == Phase.GATHERING && hasGathered()) || (phase == Phase.SHORT_OF_WORKERS && canGoOn())) {
                assemble(nowNs);
            } else if (phase == Phase.SETTLED && hasPlaceFor(member)) {
                pause(nowNs);
            }
        }
        return taken();
    }

    /** A worker is gone or counts as gone: {@code cause} says why. */
    public List<MembershipAction> lost(int worker, String cause, long nowNs) {
        lose(worker, cause, nowNs);
        return taken();
    }

    /** A worker stands still. */
    public List<MembershipAction> paused(int worker, int ofEpoch, List<Holding> held, long nowNs) {
        if (phase == Phase.PAUSING && ofEpoch == epoch && awaited.remove(worker)) {
            holdings.put(worker, List.copyOf(held));
            if (awaited.isEmpty()) {
                assemble(nowNs);
            }
        }
        return taken();
    }

    /** A worker has its data in memory. */
    public List<MembershipAction> loaded(int worker, int ofEpoch, long nowNs) {
        if (phase == Phase.LOADING && ofEpoch == epoch && awaited.remove(worker) && awaited.isEmpty()) {
            await(Phase.CONNECTING, rules.startNs(), nowNs);
            actions.add(new Connect(topology, heldStep));
        }
        return taken();
    }

    /** A worker is connected to all others and holds the parameters before {@code step}. */
    public List<MembershipAction> ready(int worker, int ofEpoch, long step, long nowNs) {
        if (phase == Phase.CONNECTING && ofEpoch == epoch && awaited.remove(worker)) {
            if (awaited.size() < topology.members().size() - 1 && step != settledStep) {
                fail("the workers disagree: worker " + worker + " starts at step " + step + ", others at step "
                        + settledStep);
                return taken();
            }
            settledStep = step;
            if (awaited.isEmpty()) {
                phase = Phase.SETTLED;
                actions.add(new Settle(topology, step));
                if (topology.canMoveHome()
                        || present.values().stream()
                                .anyMatch(m -> topology.rankOf(m.worker()) == Topology.NONE && hasPlaceFor(m))) {
                    pause(nowNs);
                }
            }
        }
        return taken();
    }

    /** The members do not get on with each other: they are connected anew. */
    public List<MembershipAction> renew(long nowNs) {
        if (phase == Phase.SETTLED || phase == Phase.CONNECTING) {
            pause(nowNs);
        }
        return taken();
    }

    /** Time passes. */
    public List<MembershipAction> tick(long nowNs) {
        if (!clockStarted) {
            clockStarted = true;
            deadlineNs = nowNs + rules.startNs();
        }
        if (phase != Phase.SETTLED && phase != Phase.FAILED && nowNs - deadlineNs > 0) {
            expired(nowNs);
        }
        return taken();
    }

    private void expired(long nowNs) {
        switch (phase) {
            case GATHERING ->
                fail(present(false) + " of " + rules.workers() + " workers "
                        + (rules.dedicated() == 0
                                ? ""
                                : "and " + present(true) + " of " + rules.dedicated() + " dedicated servers ")
                        + "have registered, missing: " + absent());
            case PAUSING -> List.copyOf(awaited).forEach(w -> lose(w, present.get(w) + " does not stand still", nowNs));
            case SHORT_OF_WORKERS ->
                fail(lastLoss + "; " + Counted.of(present(false), "worker")
                        + (present(false) == 1 ? " is" : " are") + " left of cluster.min_workers = "
                        + rules.minWorkers()
                        + (rules.dedicated() == 0 ? "" : " and " + Counted.of(present(true), "dedicated server"))
                        + ", and no other has come");
            case LOADING -> fail(members(awaited) + " did not finish loading data");
            case CONNECTING -> fail(members(awaited) + " did not finish connecting the workers to each other");
            default -> throw new IllegalStateException("nothing is due in phase " + phase);
        }
    }

    private String absent() {
        // Dedicated servers are numbered after all workers there may be.
        return IntStream.concat(
                        IntStream.range(0, rules.workers()),
                        IntStream.range(rules.maxWorkers(), rules.maxWorkers() + rules.dedicated()))
                .filter(w -> !present.containsKey(w))
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(", "));
    }

    /** How many have come and are not lost: dedicated servers, or workers. */
    private int present(boolean dedicated) {
        return (int) present.values().stream()
                .filter(m -> m.dedicated() == dedicated)
                .count();
    }

    private boolean hasGathered() {
        return present(false) >= rules.workers() && present(true) >= rules.dedicated();
    }

    /** Whether those who are left can: workers host shards in place of dedicated servers only if they keep their state. */
    private boolean canGoOn() {
        return present(false) >= rules.minWorkers()
                && (rules.dedicated() == 0 || present(true) > 0 || newestHeld() != NOT_HELD);
    }

    private boolean hasPlaceFor(Member member) {
        long taken = topology.members().stream()
                .filter(m -> m.dedicated() == member.dedicated())
                .count();
        return taken < limit(member.dedicated());
    }

    private int limit(boolean dedicated) {
        return dedicated ? rules.dedicated() : rules.maxWorkers();
    }

    private long newestHeld() {
        return Placement.newestHeld(rules.servers(), List.copyOf(holdings.values()), resumable);
    }

    private String members(Set<Integer> workers) {
        return workers.stream().map(w -> present.get(w).toString()).collect(Collectors.joining(", "));
    }

    private void lose(int worker, String cause, long nowNs) {
        Member member = present.remove(worker);
        if (!lost.add(worker) || phase == Phase.FAILED) {
            return;
        }
        lastLoss = cause;
        holdings.remove(worker);
        actions.add(new Dismiss(worker, cause));
        if (member != null && engaged.remove(worker)) {
            pause(nowNs);
        }
    }

    /** Begins the next epoch. */
    private void pause(long nowNs) {
        epoch++;
        holdings.clear();
        boolean wasLoading = phase == Phase.LOADING || phase == Phase.CONNECTING;
        awaited.clear();
        awaited.addAll(engaged);
        phase = Phase.PAUSING;
        deadlineNs = nowNs + rules.pauseNs() + (wasLoading ? rules.startNs() : 0);
        actions.add(new Pause(epoch, Set.copyOf(awaited)));
        if (awaited.isEmpty()) {
            assemble(nowNs);
        }
    }

    /** All who were engaged stand still: makes a membership of those who are there. */
    private void assemble(long nowNs) {
        if (!canGoOn()) {
            phase = Phase.SHORT_OF_WORKERS;
            deadlineNs = nowNs + rules.startNs();
            return;
        }
        // The engaged first: they hold data and state.
        List<Integer> chosen = new ArrayList<>(engaged);
        present.keySet().stream().filter(w -> !engaged.contains(w)).forEach(chosen::add);
        List<Member> members = Stream.of(false, true)
                .flatMap(dedicated -> chosen.stream()
                        .map(present::get)
                        .filter(m -> m.dedicated() == dedicated)
                        .limit(limit(dedicated))
                        .sorted(Comparator.comparingInt(Member::worker)))
                .toList();
        engaged.addAll(members.stream().map(Member::worker).toList());
        heldStep = newestHeld();
        topology = new Placement(members, rules).topology(epoch, holdings, heldStep, chunkLength);
        await(Phase.LOADING, rules.startNs(), nowNs);
        actions.add(new Assign(topology));
    }

    private void await(Phase next, long timeoutNs, long nowNs) {
        phase = next;
        deadlineNs = nowNs + timeoutNs;
        awaited.clear();
        awaited.addAll(topology.workers());
    }

    private void fail(String message) {
        phase = Phase.FAILED;
        actions.add(new Fail(message));
    }

    private List<MembershipAction> taken() {
        List<MembershipAction> result = actions;
        actions = new ArrayList<>();
        return result;
    }

    /** Number of the newest membership: messages of older ones are of no interest. */
    public int epoch() {
        return epoch;
    }

    /** Whether this worker counts as lost. */
    public boolean hasLost(int worker) {
        return lost.contains(worker);
    }

    /** What is going on, for messages; null when training can. */
    public String activity() {
        return switch (phase) {
            case GATHERING -> "waiting for the workers";
            case PAUSING -> "pausing the workers for membership " + epoch;
            case SHORT_OF_WORKERS -> "waiting for workers in place of those that are lost";
            case LOADING -> "loading data";
            case CONNECTING -> "connecting the workers to each other";
            case SETTLED, FAILED -> null;
        };
    }
}
