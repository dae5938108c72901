package io.covey.server.membership;

import java.util.Set;

/** What {@link Membership} wants done. Commands to one worker are delivered in the order in which they were asked for. */
public sealed interface MembershipAction {
    /** The membership ends. Tell these workers, maybe none, to stand still and to say what they hold. */
    record Pause(int epoch, Set<Integer> workers) implements MembershipAction {}

    /** Tell all members of {@code topology} to load their virtual shards. */
    record Assign(Topology topology) implements MembershipAction {}

    /**
     * Tell all members to connect, to fill the server shards and to synchronize.
     *
     * @param heldStep the step to go on from, whose state the members hold; {@link Membership#NOT_HELD} to fill the shards
     *     from the newest checkpoint, or with the model's first values if there is none
     */
    record Connect(Topology topology, long heldStep) implements MembershipAction {}

    /** All members hold the parameters before {@code step}: training goes on from there. */
    record Settle(Topology topology, long step) implements MembershipAction {}

    /** Tell a worker that it counts as lost. */
    record Dismiss(int worker, String reason) implements MembershipAction {}

    /** The run cannot go on. */
    record Fail(String message) implements MembershipAction {}
}
