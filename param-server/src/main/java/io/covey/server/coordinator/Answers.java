package io.covey.server.coordinator;

import io.covey.server.control.WorkerMessage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The workers' answers to one command. */
final class Answers {
    private final long command;
    private final List<Integer> workers;
    private final Map<Integer, WorkerMessage.Answer> byWorker = new HashMap<>();

    /** @param workers who is asked */
    Answers(long command, List<Integer> workers) {
        this.command = command;
        this.workers = workers;
    }

    long command() {
        return command;
    }

    /** Takes an answer; one to an earlier command is of no interest any more. */
    void add(int worker, WorkerMessage.Answer answer) {
        if (answer.command() == command && workers.contains(worker)) {
            byWorker.putIfAbsent(worker, answer);
        }
    }

    boolean complete() {
        return byWorker.size() == workers.size();
    }

    /** Workers that have not answered. */
    List<Integer> missing() {
        return workers.stream().filter(w -> !byWorker.containsKey(w)).toList();
    }

    /** The answers in the order of the workers, once complete. */
    <A extends WorkerMessage.Answer> List<A> as(Class<A> type) {
        return workers.stream().map(byWorker::get).map(type::cast).toList();
    }
}
