package io.covey.server.shard;

import io.covey.server.exchange.ExchangeMode;
import io.covey.server.exchange.ExchangeMode.Relaxed;
import io.covey.server.shard.ContributionLedger.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * Thousands of random schedules of workers and shards: the real ledgers and desks, and workers after the rules of the real one,
 * with messages that take any time (but stay in order between two). No schedule hangs, no bound is exceeded.
 */
@Timeout(300)
class RelaxedScheduleTest {
    private static final int SCHEDULES = 4_000;
    private static final int EVENTS = 200_000;

    @Test
    void shouldEndEachScheduleWithinItsBounds() {
        int stopped = 0;
        int skipped = 0;
        int ahead = 0;
        for (long seed = 0; seed < SCHEDULES; seed++) {
            try {
                Schedule schedule = new Schedule(seed);
                schedule.run();
                stopped += schedule.stopped ? 1 : 0;
                skipped += schedule.skipped;
                ahead = Math.max(ahead, schedule.mostAhead);
            } catch (AssertionError | RuntimeException e) {
                fail("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        String seen = stopped + " stopped, " + skipped + " steps skipped, at most " + ahead + " ahead";
        assertTrue(stopped > SCHEDULES / 10 && skipped > SCHEDULES / 10 && ahead > 5, seen);
    }

    /** From a worker to a shard: a chunk of a contribution, or, without a chunk, a request. */
    private record Message(int chunk, long step, boolean barrier, boolean stop) {}

    private record Reply(int chunk, long step, int lead, boolean last) {}

    private static final class Schedule {
        private static final int NO_CHUNK = -1;
        private static final int PASSES = 2;

        private final Random random;
        private final Relaxed mode;
        private final int chunks;
        private final long endOfPass;
        private final List<Shard> shards = new ArrayList<>();
        private final List<Worker> workers = new ArrayList<>();
        private boolean stopped;
        private int skipped;
        private int mostAhead;

        Schedule(long seed) {
            random = new Random(seed);
            int count = 1 + random.nextInt(5);
            mode = mode(count);
            chunks = 1 + random.nextInt(3);
            endOfPass = 1L + random.nextInt(30);
            IntStream.range(0, 1 + random.nextInt(3)).forEach(s -> shards.add(new Shard(count)));
            long stopStep = random.nextInt(3) == 0 ? random.nextInt(30) : Long.MAX_VALUE;
            IntStream.range(0, count).forEach(w -> workers.add(new Worker(w, stopStep, 1 + random.nextInt(50))));
        }

        private Relaxed mode(int workerCount) {
            return switch (random.nextInt(3)) {
                case 0 -> new ExchangeMode.Ssp(random.nextInt(5));
                case 1 -> new ExchangeMode.Async();
                default ->
                    workerCount == 1
                            ? new ExchangeMode.Async()
                            : new ExchangeMode.BackupWorkers(1 + random.nextInt(workerCount - 1));
            };
        }

        void run() {
            for (int event = 0; event < EVENTS; event++) {
                if (workers.stream().allMatch(w -> w.ended)) {
                    check();
                    return;
                }
                // Those with a large weight are slow.
                Worker worker = workers.get(random.nextInt(workers.size()));
                if (random.nextInt(worker.slowness) == 0) {
                    worker.work();
                }
                shards.get(random.nextInt(shards.size())).work();
            }
            throw new AssertionError("no end in mode " + mode + ", " + workers.size() + " workers, " + shards.size()
                    + " shards; workers at steps "
                    + workers.stream().map(w -> w.step).toList());
        }

        private void check() {
            for (Shard shard : shards) {
                assertEquals(workers.get(0).step, shard.desk.passEnd(), "end of the pass at a shard");
            }
            for (Worker worker : workers) {
                assertEquals(workers.get(0).step, worker.step, "end of the pass at worker " + worker.number);
            }
            stopped |= workers.get(0).step < PASSES * endOfPass;
        }

        private final class Shard {
            private final ContributionLedger ledger;
            private final ReadDesk desk;
            private final List<Deque<Message>> in = new ArrayList<>();
            private final List<Deque<Reply>> out = new ArrayList<>();

            Shard(int workerCount) {
                ledger = new ContributionLedger(mode, workerCount, chunks);
                List<ReadDesk.Answer> answers = new ArrayList<>();
                for (int w = 0; w < workerCount; w++) {
                    Deque<Reply> replies = new ArrayDeque<>();
                    in.add(new ArrayDeque<>());
                    out.add(replies);
                    answers.add(new SimulatedAnswer(replies));
                }
                desk = new ReadDesk(mode, chunks, answers);
                ledger.open(0);
                desk.open(0);
            }

            void work() {
                int w = random.nextInt(in.size());
                Message message = in.get(w).peek();
                if (message != null && (message.chunk == NO_CHUNK ? ask(w, message) : take(w, message))) {
                    in.get(w).remove();
                }
                desk.answer(ledger.updates());
            }

            private boolean ask(int w, Message message) {
                desk.ask(w, message.step, message.barrier, message.stop);
                return true;
            }

            private boolean take(int w, Message message) {
                Verdict verdict = ledger.arrive(message.chunk, w, message.step);
                assertTrue(verdict != Verdict.DUPLICATE, "a contribution is taken for a duplicate");
                if (!mode.isStepwise()) {
                    assertEquals(Verdict.COMPLETE, verdict);
                }
                if (verdict == Verdict.COMPLETE) {
                    ledger.updated(message.chunk);
                }
                return verdict != Verdict.EARLY;
            }
        }

        private final class SimulatedAnswer implements ReadDesk.Answer {
            private final Deque<Reply> replies;

            SimulatedAnswer(Deque<Reply> replies) {
                this.replies = replies;
            }

            @Override
            public boolean tryProbe() {
                return true;
            }

            @Override
            public boolean trySend(int chunk, long step, int lead, boolean last) {
                return random.nextInt(4) > 0 && replies.add(new Reply(chunk, step, lead, last));
            }

            @Override
            public void close() {
                // Nothing to close.
            }
        }

        /** Pushes, asks, takes the answers, goes on; at the end of a pass asks once more. */
        private final class Worker {
            private final int number;
            private final long stopStep;
            private final int slowness;
            private long step;
            private long contributed;
            private int pass = 1;
            private boolean waiting;
            private boolean atBarrier;
            private boolean last;
            private boolean ended;
            private final int[] taken = new int[shards.size()];
            private final Reply[] answers = new Reply[shards.size()];

            Worker(int number, long stopStep, int slowness) {
                this.number = number;
                this.stopStep = stopStep;
                this.slowness = slowness;
            }

            void work() {
                if (ended) {
                    return;
                }
                if (!waiting) {
                    checkBounds();
                    contributed = step + 1;
                    for (Shard shard : shards) {
                        for (int chunk = 0; chunk < chunks; chunk++) {
                            shard.in.get(number).add(new Message(chunk, step, false, false));
                        }
                    }
                    askFor(step, false);
                } else {
                    takeAnswers();
                }
            }

            private void askFor(long asked, boolean barrier) {
                waiting = true;
                atBarrier = barrier;
                shards.forEach(shard ->
                        shard.in.get(number).add(new Message(NO_CHUNK, asked, barrier, !barrier && asked >= stopStep)));
            }

            private void takeAnswers() {
                for (int s = 0; s < taken.length; s++) {
                    Reply reply = shards.get(s).out.get(number).poll();
                    if (reply != null) {
                        assertEquals(taken[s]++, reply.chunk);
                        answers[s] = reply;
                    }
                }
                if (IntStream.of(taken).allMatch(t -> t == chunks)) {
                    Arrays.fill(taken, 0);
                    goOn();
                }
            }

            private void goOn() {
                if (atBarrier) {
                    waiting = false;
                    pass++;
                    ended = last || pass > PASSES;
                    return;
                }
                last = answers[0].last;
                long end = pass * endOfPass;
                long next = Math.min(step + answers[0].lead, end);
                skipped += Math.toIntExact(next - step - 1);
                step = next;
                if (last || step == end) {
                    askFor(step - 1, true);
                } else {
                    waiting = false;
                }
            }

            private void checkBounds() {
                for (Worker other : workers) {
                    int lead = Math.toIntExact(step - other.contributed);
                    mostAhead = Math.max(mostAhead, lead);
                    if (mode instanceof ExchangeMode.Ssp ssp) {
                        assertTrue(
                                lead <= ssp.staleness(),
                                lead + " steps ahead in mode " + mode + " at step " + step + " of pass " + pass + " of "
                                        + endOfPass + ", stopping at " + stopStep);
                    }
                }
            }
        }
    }
}
