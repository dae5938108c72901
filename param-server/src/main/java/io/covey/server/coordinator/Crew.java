package io.covey.server.coordinator;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.Command;
import io.covey.server.control.ControlPublication;
import io.covey.server.control.WorkerMessage;
import io.covey.server.membership.Member;
import io.covey.trainer.CoveyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.agrona.CloseHelper;

/** The workers of a run as the coordinator knows them: who has registered, when each was heard of, the way to each. */
final class Crew implements AutoCloseable {
    private static final class Link {
        private final Member member;
        private final String version;
        private final ControlPublication<Command> publication;
        private long heardNs;
        private boolean left;

        private Link(Member member, String version, ControlPublication<Command> publication, long nowNs) {
            this.member = member;
            this.version = version;
            this.publication = publication;
            this.heardNs = nowNs;
        }
    }

    private final Link[] links;
    private final IntFunction<ControlPublication<Command>> connector;

    /**
     * Nobody yet.
     *
     * @param workers number of workers to come
     * @param connector the way to a worker that joins
     */
    Crew(int workers, IntFunction<ControlPublication<Command>> connector) {
        this.links = new Link[workers];
        this.connector = connector;
    }

    /**
     * Registers a worker.
     *
     * @throws CoveyException when its number is taken, or its version or instructions are not those of the others
     */
    void join(int worker, WorkerMessage.Join join, long nowNs) {
        Member member = join.member();
        if (worker < 0 || worker >= links.length) {
            throw CoveyException.failure(member + " wants to join, the run has workers 0 to " + (links.length - 1));
        }
        if (links[worker] != null) {
            throw CoveyException.failure("worker " + worker + " has registered twice: as " + links[worker].member
                    + " and as " + member + ". A worker's task must run once: switch spark.speculation off");
        }
        // Registered before it is judged, so that it hears of a refusal.
        links[worker] = new Link(member, join.version(), connector.apply(worker), nowNs);
        for (Link other : links) {
            if (other != null) {
                requireAlike(other, join);
            }
        }
    }

    private static void requireAlike(Link other, WorkerMessage.Join join) {
        if (!other.version.equals(join.version())) {
            throw CoveyException.caller("workers run different versions of Covey: " + other.member + " runs "
                    + other.version + ", " + join.member() + " runs " + join.version()
                    + ": install the same version everywhere");
        }
        String first = other.member.instructionSet();
        String second = join.member().instructionSet();
        if (!first.equals(second)) {
            throw CoveyException.caller("workers run on different instruction sets: " + other.member + " on " + first
                    + ", " + join.member() + " on " + second
                    + ": results would depend on the placement. Set cluster.isa to the narrower of the two for all, or use"
                    + " machines of one kind");
        }
    }

    /** Numbers of the workers that have not registered. */
    List<Integer> absent() {
        return IntStream.range(0, links.length)
                .filter(w -> links[w] == null)
                .boxed()
                .toList();
    }

    boolean isComplete() {
        return Arrays.stream(links).allMatch(Objects::nonNull);
    }

    /** All members by worker number, once complete. */
    List<Member> members() {
        return Arrays.stream(links).map(link -> link.member).toList();
    }

    /** For messages: the members of these numbers. */
    String describe(Collection<Integer> workers) {
        return workers.stream().map(this::describe).collect(Collectors.joining(", "));
    }

    /** For messages: the member of this number as far as it is known. */
    String describe(int worker) {
        return hasJoined(worker) ? links[worker].member.toString() : "worker " + worker;
    }

    boolean hasJoined(int worker) {
        return worker >= 0 && worker < links.length && links[worker] != null;
    }

    /** A message of this worker has come. */
    void heard(int worker, WorkerMessage message, long nowNs) {
        if (hasJoined(worker)) {
            links[worker].heardNs = nowNs;
            links[worker].left |= message instanceof WorkerMessage.Goodbye || message instanceof WorkerMessage.Failed;
        }
    }

    /** Workers that have registered, have not left, and were heard of within {@code timeoutNs}. */
    List<Integer> present(long nowNs, long timeoutNs) {
        List<Integer> present = new ArrayList<>();
        for (int w = 0; w < links.length; w++) {
            if (links[w] != null && !links[w].left && nowNs - links[w].heardNs <= timeoutNs) {
                present.add(w);
            }
        }
        return present;
    }

    /** Forgets {@code pauseNs} in which this process did not listen: silence then is not the workers'. */
    void excuse(long pauseNs) {
        for (Link link : links) {
            if (link != null) {
                link.heardNs += pauseNs;
            }
        }
    }

    /**
     * Finds a worker that was not heard of for too long.
     *
     * @param activity what the run is doing, for the message
     * @throws CoveyException naming it
     */
    void requireSignsOfLife(long nowNs, long timeoutNs, String activity) {
        for (Link link : links) {
            if (link != null && !link.left && nowNs - link.heardNs > timeoutNs) {
                throw CoveyException.failure(link.member + " has not been heard of for "
                        + ClusterTimeouts.tenths(nowNs - link.heardNs) + " while " + activity + " "
                        + ClusterTimeouts.limit("heartbeat_timeout", timeoutNs)
                        + ": its process was killed, hangs, or the network to it is down");
            }
        }
    }

    /** Sends a command to one worker if the way is free. */
    boolean offer(int worker, Command command) {
        return links[worker].publication.offer(worker, command);
    }

    /** The membership that messages to all workers belong to from now on. */
    void epoch(int epoch) {
        for (Link link : links) {
            link.publication.epoch(epoch);
        }
    }

    /** Tells these workers to end, as far as the way is free; keeps those that have not been told. */
    void offerStop(String reason, Set<Integer> workers) {
        Command stop = new Command.Stop(reason);
        workers.removeIf(w -> links[w].publication.offer(w, stop));
    }

    /** Numbers of the workers that have registered, also of those that have left. */
    Set<Integer> registered() {
        return IntStream.range(0, links.length)
                .filter(w -> links[w] != null)
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public void close() {
        for (Link link : links) {
            if (link != null) {
                CloseHelper.close(link.publication);
            }
        }
    }
}
