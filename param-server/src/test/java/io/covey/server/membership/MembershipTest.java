package io.covey.server.membership;

import io.covey.server.membership.MembershipAction.Assign;
import io.covey.server.membership.MembershipAction.Connect;
import io.covey.server.membership.MembershipAction.Dismiss;
import io.covey.server.membership.MembershipAction.Fail;
import io.covey.server.membership.MembershipAction.Pause;
import io.covey.server.membership.MembershipAction.Settle;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class MembershipTest {
    private static final long START_NS = 1000;
    private static final long PAUSE_NS = 100;

    private final List<MembershipAction> actions = new ArrayList<>();
    private long resumableUpTo = Long.MAX_VALUE;
    private Membership membership = membership(3, 1, 4);

    private Membership membership(int workers, int minWorkers, int maxWorkers) {
        return new Membership(
                new MembershipRules(workers, minWorkers, maxWorkers, 4, 2, 1, START_NS, PAUSE_NS),
                members -> 64,
                step -> step <= resumableUpTo);
    }

    private static Member member(int worker) {
        return new Member(worker, "host", "/aeron-" + worker, "10.0.0." + worker + ":1", worker + "@host", "any");
    }

    private void apply(List<MembershipAction> newActions) {
        actions.addAll(newActions);
    }

    private <A extends MembershipAction> A next(Class<A> type) {
        assertTrue(!actions.isEmpty(), "no action is left, expected " + type.getSimpleName());
        return assertInstanceOf(type, actions.remove(0));
    }

    /** Brings the members of the next Assign to Settle. */
    private Topology settle(long step) {
        Topology topology = next(Assign.class).topology();
        topology.workers().forEach(w -> apply(membership.loaded(w, topology.epoch(), 0)));
        Connect connect = next(Connect.class);
        topology.workers().forEach(w -> apply(membership.ready(w, topology.epoch(), step, 0)));
        assertEquals(step, next(Settle.class).step());
        assertEquals(topology, connect.topology());
        return topology;
    }

    private Topology start(int... workers) {
        apply(membership.tick(0));
        for (int worker : workers) {
            apply(membership.registered(member(worker), 0));
        }
        return settle(0);
    }

    @Test
    void shouldSpreadShardsAndReplicasWhenItStarts() {
        Topology topology = start(2, 0, 1);
        assertEquals(List.of(0, 1, 2), topology.workers());
        assertEquals(List.of(0, 1), topology.shardHosts());
        assertEquals(List.of(2, 0), topology.replicaHosts());
        assertEquals(List.of(0, 0, 1, 2), topology.leafOwners());
        assertNull(membership.activity());
    }

    @Test
    void shouldGoOnFromTheNewestStepThatAllShardsHaveWhenAWorkerIsLost() {
        start(0, 1, 2);
        apply(membership.lost(1, "killed", 0));
        assertEquals(1, next(Dismiss.class).worker());
        assertEquals(Set.of(0, 2), next(Pause.class).workers());
        // Worker 0 hosts shard 0 and keeps the replica of shard 1; worker 2 keeps that of shard 0, a step behind.
        apply(membership.paused(0, 1, List.of(new Holding(0, 8, true), new Holding(1, 7, true)), 0));
        apply(membership.paused(2, 1, List.of(new Holding(0, 7, false)), 0));
        Topology topology = settle(7);
        assertEquals(List.of(0, 2), topology.workers());
        assertEquals(Set.of(0, 1), Set.copyOf(topology.shardHosts()));
        assertEquals(0, topology.shardHosts().get(1), "the only one that holds shard 1");
    }

    @Test
    void shouldGoBackToTheCheckpointWhenAShardIsLostWithItsReplica() {
        start(0, 1, 2);
        apply(membership.lost(0, "killed", 0));
        next(Dismiss.class);
        next(Pause.class);
        apply(membership.lost(2, "killed", 0));
        next(Dismiss.class);
        assertEquals(2, next(Pause.class).epoch());
        apply(membership.paused(1, 2, List.of(new Holding(1, 8, true)), 0));
        Topology topology = next(Assign.class).topology();
        apply(membership.loaded(1, topology.epoch(), 0));
        assertEquals(Membership.NOT_HELD, next(Connect.class).heldStep());
    }

    @Test
    void shouldGoBackWhenSumsOfStepsWereLostWithTheWorker() {
        start(0, 1, 2);
        resumableUpTo = 6;
        apply(membership.lost(2, "killed", 0));
        next(Dismiss.class);
        next(Pause.class);
        apply(membership.paused(0, 1, List.of(new Holding(0, 8, true)), 0));
        apply(membership.paused(1, 1, List.of(new Holding(1, 8, true)), 0));
        next(Assign.class).topology().workers().forEach(w -> apply(membership.loaded(w, 1, 0)));
        assertEquals(Membership.NOT_HELD, next(Connect.class).heldStep());
    }

    @Test
    void shouldWaitForAWorkerInPlaceAndThenFailWhenTooFewAreLeft() {
        membership = membership(2, 2, 2);
        start(0, 1);
        apply(membership.lost(1, "worker 1 was killed", 50));
        next(Dismiss.class);
        next(Pause.class);
        apply(membership.paused(0, 1, List.of(), 60));
        assertEquals(List.of(), actions);
        apply(membership.tick(60 + START_NS));
        assertEquals(List.of(), actions);
        apply(membership.tick(61 + START_NS));
        String message = next(Fail.class).message();
        assertTrue(message.startsWith("worker 1 was killed; 1 worker is left"), message);
    }

    @Test
    void shouldGiveAReplacementItsShareAtOnceWhenTooFewAreLeft() {
        membership = membership(2, 2, 2);
        start(0, 1);
        apply(membership.lost(1, "killed", 0));
        next(Dismiss.class);
        next(Pause.class);
        apply(membership.paused(0, 1, List.of(new Holding(0, 3, true), new Holding(1, 3, true)), 0));
        apply(membership.registered(member(3), 0));
        assertEquals(List.of(0, 3), settle(3).workers());
    }

    @Test
    void shouldTakeAJoinerAtAStepAndKeepOthersInReserve() {
        membership = membership(2, 1, 3);
        start(0, 1);
        apply(membership.registered(member(2), 0));
        assertEquals(Set.of(0, 1), next(Pause.class).workers());
        apply(membership.registered(member(3), 0));
        apply(membership.paused(0, 1, List.of(new Holding(0, 3, true)), 0));
        apply(membership.paused(1, 1, List.of(new Holding(1, 3, true)), 0));
        assertEquals(List.of(0, 1, 2), settle(3).workers());
        apply(membership.lost(1, "killed", 0));
        next(Dismiss.class);
        next(Pause.class);
        for (int worker : List.of(0, 2)) {
            apply(membership.paused(worker, 2, List.of(new Holding(0, 4, true), new Holding(1, 4, true)), 0));
        }
        assertEquals(List.of(0, 2, 3), settle(4).workers());
    }

    @Test
    void shouldNotListenToAWorkerThatWasLostNorToAnOlderEpoch() {
        start(0, 1, 2);
        apply(membership.lost(2, "silent", 0));
        next(Dismiss.class);
        next(Pause.class);
        apply(membership.paused(2, 1, List.of(), 0));
        apply(membership.registered(member(2), 0));
        apply(membership.paused(0, 0, List.of(), 0));
        assertEquals(List.of(), actions);
        assertTrue(membership.hasLost(2));
    }

    @Test
    void shouldStaySettledWhenAWorkerInReserveIsLost() {
        membership = membership(2, 1, 2);
        start(0, 1);
        apply(membership.registered(member(2), 0));
        apply(membership.lost(2, "killed", 0));
        assertEquals(2, next(Dismiss.class).worker());
        assertEquals(List.of(), actions);
        assertNull(membership.activity());
    }

    @Test
    void shouldEndTheMembershipWhenItsOnlyWorkerIsLost() {
        membership = membership(1, 1, 1);
        start(0);
        apply(membership.lost(0, "killed", 0));
        next(Dismiss.class);
        assertEquals(Set.of(), next(Pause.class).workers());
        apply(membership.registered(member(1), 0));
        assertEquals(List.of(1), settle(0).workers());
    }

    @Test
    void shouldConnectTheSameMembersAnewWhenTheyDoNotGetOn() {
        start(0, 1, 2);
        apply(membership.renew(0));
        assertEquals(Set.of(0, 1, 2), next(Pause.class).workers());
        for (int worker = 0; worker < 3; worker++) {
            apply(membership.paused(worker, 1, List.of(new Holding(0, 4, true), new Holding(1, 4, true)), 0));
        }
        assertEquals(List.of(0, 1, 2), settle(4).workers());
    }

    @Test
    void shouldTakeAWorkerThatDoesNotStandStillForLost() {
        start(0, 1, 2);
        apply(membership.lost(2, "killed", 0));
        next(Dismiss.class);
        next(Pause.class);
        apply(membership.paused(0, 1, List.of(), 0));
        apply(membership.tick(PAUSE_NS + 1));
        assertEquals(1, next(Dismiss.class).worker());
        assertEquals(Set.of(0), next(Pause.class).workers());
    }
}
