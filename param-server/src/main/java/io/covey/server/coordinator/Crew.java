package io.covey.server.coordinator;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.Command;
import io.covey.server.control.ControlPublication;
import io.covey.server.control.WorkerMessage;
import io.covey.server.membership.Member;
import io.covey.trainer.CoveyException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.agrona.CloseHelper;

/**
 * All workers that have ever registered, as the coordinator knows them: when each was heard of, the way to each, and the
 * commands that wait for the way to be free. Used under a lock.
 */
final class Crew implements AutoCloseable {
    private record Mail(int epoch, Command command, long postedNs) {}

    /**
     * A worker that counts as lost.
     *
     * @param worker its number
     * @param cause for people
     */
    record Loss(int worker, String cause) {}

    private static final class Link {
        private final Member member;
        private final String version;
        private final ControlPublication<Command> publication;
        private final Queue<Mail> mail = new ArrayDeque<>();
        private long heardNs;
        private boolean left;
        private boolean lost;

        private Link(Member member, String version, ControlPublication<Command> publication, long nowNs) {
            this.member = member;
            this.version = version;
            this.publication = publication;
            this.heardNs = nowNs;
        }
    }

    private final Map<Integer, Link> links = new TreeMap<>();
    private final IntFunction<ControlPublication<Command>> connector;

    /**
     * Nobody yet.
     *
     * @param connector the way to a worker that joins
     */
    Crew(IntFunction<ControlPublication<Command>> connector) {
        this.connector = connector;
    }

    /**
     * Registers a worker.
     *
     * @throws CoveyException when its number is taken, or its version or instructions are not those of the others
     */
    void join(WorkerMessage.Join join, long nowNs) {
        Member member = join.member();
        Link known = links.get(member.worker());
        if (known != null) {
            throw CoveyException.failure("worker " + member.worker() + " has registered twice: as " + known.member
                    + " and as " + member + ". A worker's task must run once: switch spark.speculation off");
        }
        // Registered before it is judged, so that it hears of a refusal.
        links.put(member.worker(), new Link(member, join.version(), connector.apply(member.worker()), nowNs));
        links.values().forEach(other -> requireAlike(other, join));
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

    /** For messages: the members of these numbers. */
    String describe(Collection<Integer> workers) {
        return workers.stream().map(this::describe).collect(Collectors.joining(", "));
    }

    /** For messages: the member of this number as far as it is known. */
    String describe(int worker) {
        return hasJoined(worker) ? links.get(worker).member.toString() : "worker " + worker;
    }

    boolean hasJoined(int worker) {
        return links.containsKey(worker);
    }

    /** A message of this worker has come. */
    void heard(int worker, WorkerMessage message, long nowNs) {
        Link link = links.get(worker);
        if (link != null) {
            link.heardNs = nowNs;
            link.left |= message instanceof WorkerMessage.Goodbye
                    || (message instanceof WorkerMessage.Failed failed && failed.origin() != WorkerMessage.Origin.ECHO);
        }
    }

    /** Workers that are neither lost nor have left, and were heard of within {@code timeoutNs}. */
    List<Integer> present(long nowNs, long timeoutNs) {
        List<Integer> present = new ArrayList<>();
        links.forEach((worker, link) -> {
            if (!link.left && !link.lost && nowNs - link.heardNs <= timeoutNs) {
                present.add(worker);
            }
        });
        return present;
    }

    /** Forgets {@code pauseNs} in which this process did not listen: silence then is not the workers'. */
    void excuse(long pauseNs) {
        links.values().forEach(link -> link.heardNs += pauseNs);
    }

    /**
     * Workers that were not heard of, or have not taken a command, for too long.
     *
     * @param activity what the run is doing, for the causes
     */
    List<Loss> silent(long nowNs, ClusterTimeouts timeouts, String activity) {
        List<Loss> losses = new ArrayList<>();
        links.forEach((worker, link) -> {
            if (link.left || link.lost) {
                return;
            }
            Mail first = link.mail.peek();
            if (nowNs - link.heardNs > timeouts.heartbeatNs()) {
                losses.add(new Loss(
                        worker,
                        link.member + " has not been heard of for " + ClusterTimeouts.tenths(nowNs - link.heardNs)
                                + " while " + activity + " "
                                + ClusterTimeouts.limit("heartbeat_timeout", timeouts.heartbeatNs())
                                + ": its process was killed, hangs, or the network to it is down"));
            } else if (first != null && nowNs - first.postedNs > timeouts.connectNs()) {
                losses.add(new Loss(
                        worker,
                        link.member + " has not taken a message for " + ClusterTimeouts.tenths(timeouts.connectNs())
                                + " while " + activity + " "
                                + ClusterTimeouts.limit("connect_timeout", timeouts.connectNs())));
            }
        });
        return losses;
    }

    /** When the worker was heard of that has been silent the longest; {@code nowNs} if there is none. */
    long allHeardNs(long nowNs) {
        return links.values().stream()
                .filter(link -> !link.left && !link.lost)
                .mapToLong(link -> link.heardNs)
                .min()
                .orElse(nowNs);
    }

    /** This worker counts as lost: nothing but its dismissal goes to it any more. */
    void lose(int worker) {
        Link link = links.get(worker);
        if (link != null) {
            link.lost = true;
            link.mail.clear();
        }
    }

    /** Tells a lost worker that speaks so once more. */
    void remind(int worker, int epoch, long nowNs) {
        Link link = links.get(worker);
        if (link != null && link.mail.isEmpty()) {
            post(worker, epoch, new Command.Dismiss("it was taken for lost, and the run goes on without it"), nowNs);
        }
    }

    /** Has a command sent to a worker when the way is free, after those before it. */
    void post(int worker, int epoch, Command command, long nowNs) {
        Link link = links.get(worker);
        if (link != null) {
            link.mail.add(new Mail(epoch, command, nowNs));
        }
    }

    /** Sends what the ways take; returns how many commands. */
    int deliver() {
        int sent = 0;
        for (Map.Entry<Integer, Link> entry : links.entrySet()) {
            Link link = entry.getValue();
            Mail next = link.mail.peek();
            while (next != null && offer(entry.getKey(), link, next)) {
                link.mail.remove();
                sent++;
                next = link.mail.peek();
            }
        }
        return sent;
    }

    private static boolean offer(int worker, Link link, Mail mail) {
        try {
            return link.publication.offer(worker, mail.epoch, mail.command);
        } catch (CoveyException e) {
            // The way is closed for good, as that to a dead process is: its silence will be noticed.
            return link.lost;
        }
    }

    /** Tells these workers to end, as far as the way is free; keeps those that have not been told. */
    void offerStop(String reason, Set<Integer> workers) {
        Mail stop = new Mail(0, new Command.Stop(reason), 0);
        workers.removeIf(w -> offer(w, links.get(w), stop));
    }

    /** Numbers of the workers that have registered and are not lost, also of those that have left. */
    Set<Integer> registered() {
        return links.entrySet().stream()
                .filter(entry -> !entry.getValue().lost)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public void close() {
        links.values().forEach(link -> CloseHelper.close(link.publication));
    }
}
