package io.covey.server.membership;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Who owns what in a new membership. Virtual shards are dealt in contiguous runs, so that each member sends few subtrees.
 * Server shards go where their state is, evenly as far as that allows; replicas to other processes, evenly. Dedicated servers,
 * where there are some that qualify, come before workers.
 */
final class Placement {
    private final List<Member> members;
    private final MembershipRules rules;

    /** @param members by rank */
    Placement(List<Member> members, MembershipRules rules) {
        this.members = members;
        this.rules = rules;
    }

    /**
     * The topology of {@code epoch}.
     *
     * @param holdings what each worker can restore, by number
     * @param heldStep step before which the shards' state is taken from {@code holdings}; {@link Membership#NOT_HELD} if it
     *     is not
     */
    Topology topology(
            int epoch, Map<Integer, List<Holding>> holdings, long heldStep, ToIntFunction<List<Member>> chunk) {
        int[] hosted = new int[members.size()];
        int[] copies = new int[members.size()];
        List<Integer> hosts = new ArrayList<>(Collections.nCopies(rules.servers(), Topology.NONE));
        // Those with the least choice first.
        IntStream.range(0, rules.servers())
                .boxed()
                .sorted(Comparator.comparingInt(
                        shard -> sources(shard, holdings, heldStep).size()))
                .forEach(shard ->
                        hosts.set(shard, least(hosted, copies, dedicatedFirst(sources(shard, holdings, heldStep)))));
        List<Integer> replicas = new ArrayList<>();
        for (int shard = 0; shard < rules.servers(); shard++) {
            replicas.add(
                    rules.replicas() == 0
                            ? Topology.NONE
                            : least(copies, hosted, dedicatedFirst(elsewhere(hosts.get(shard)))));
        }
        return new Topology(
                epoch,
                members,
                hosts,
                replicas,
                Topology.contiguous(rules.virtualShards(), (int)
                        members.stream().filter(m -> !m.dedicated()).count()),
                chunk.applyAsInt(members));
    }

    /** Ranks of those that can restore {@code shard}, all if it is filled anew. */
    private List<Integer> sources(int shard, Map<Integer, List<Holding>> holdings, long heldStep) {
        return IntStream.range(0, members.size())
                .filter(rank -> heldStep == Membership.NOT_HELD
                        || holdings.getOrDefault(members.get(rank).worker(), List.of()).stream()
                                .anyMatch(h -> h.shard() == shard && h.holds(heldStep)))
                .boxed()
                .toList();
    }

    /** Ranks of those in other processes than {@code host}. */
    private List<Integer> elsewhere(int host) {
        String directory = members.get(host).aeronDirectory();
        String token = members.get(host).hostToken();
        return IntStream.range(0, members.size())
                .filter(rank -> !members.get(rank).aeronDirectory().equals(directory)
                        || !members.get(rank).hostToken().equals(token))
                .boxed()
                .toList();
    }

    /** The dedicated servers among {@code ranks}; all if there are none. */
    private List<Integer> dedicatedFirst(List<Integer> ranks) {
        List<Integer> dedicated =
                ranks.stream().filter(rank -> members.get(rank).dedicated()).toList();
        return dedicated.isEmpty() ? ranks : dedicated;
    }

    /** The rank with the least load, by {@code other} load if equal; its load grows by one. */
    private static int least(int[] load, int[] other, List<Integer> ranks) {
        int best = Topology.NONE;
        for (int rank : ranks) {
            if (best == Topology.NONE
                    || load[rank] < load[best]
                    || (load[rank] == load[best] && other[rank] < other[best])) {
                best = rank;
            }
        }
        if (best != Topology.NONE) {
            load[best]++;
        }
        return best;
    }

    /** The newest step that all shards can be restored to, and that {@code acceptable} accepts; NOT_HELD for none. */
    static long newestHeld(int servers, List<List<Holding>> holdings, LongPredicate acceptable) {
        return holdings.stream()
                .flatMap(List::stream)
                .flatMap(h -> h.alsoPrevious() ? List.of(h.step(), h.step() - 1).stream() : List.of(h.step()).stream())
                .distinct()
                .sorted(Collections.reverseOrder())
                .filter(step -> IntStream.range(0, servers).allMatch(shard -> holdings.stream()
                        .flatMap(List::stream)
                        .anyMatch(h -> h.shard() == shard && h.holds(step))))
                .filter(acceptable::test)
                .findFirst()
                .orElse(Membership.NOT_HELD);
    }
}
