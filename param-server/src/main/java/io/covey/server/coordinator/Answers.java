package io.covey.server.coordinator;

import io.covey.server.control.WorkerMessage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The workers' answers to one command. */
final class Answers {
    private final long command;
    private final WorkerMessage.Answer[] byWorker;
    private int missing;

    Answers(long command, int workers) {
        this.command = command;
        this.byWorker = new WorkerMessage.Answer[workers];
        this.missing = workers;
    }

    long command() {
        return command;
    }

    /** Takes an answer; one to an earlier command is of no interest any more. */
    void add(int worker, WorkerMessage.Answer answer) {
        if (answer.command() == command && byWorker[worker] == null) {
            byWorker[worker] = answer;
            missing--;
        }
    }

    boolean complete() {
        return missing == 0;
    }

    /** Workers that have not answered. */
    List<Integer> missing() {
        return IntStream.range(0, byWorker.length)
                .filter(w -> byWorker[w] == null)
                .boxed()
                .toList();
    }

    /** The answers by worker, once complete. */
    <A extends WorkerMessage.Answer> List<A> as(Class<A> type) {
        return Arrays.stream(byWorker).map(type::cast).toList();
    }
}
