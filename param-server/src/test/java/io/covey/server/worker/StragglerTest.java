package io.covey.server.worker;

import io.covey.server.Await;
import io.covey.server.coordinator.Coordinator;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.GradientExchange;
import io.covey.trainer.training.LaneStepRunner;
import io.covey.trainer.training.LeafListener;
import io.covey.trainer.training.StepRunner;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * One of four workers is slow: it ends a step only when the others have had all the time that they need to get as far ahead as the
 * mode lets them.
 */
@Timeout(300)
class StragglerTest {
    private static final int WORKERS = 4;
    private static final int SLOW = 3;
    private static final long DELAY_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long STEPS = TestJob.epoch(0).endStep();

    /** By virtual shard, which each worker has one of: the step that it is at. */
    private final AtomicLongArray steps = new AtomicLongArray(WORKERS);

    private final AtomicLong slowContributions = new AtomicLong();
    /** The last step that any of the others has pushed. */
    private final AtomicLong front = new AtomicLong(-1);

    private final AtomicLong mostAhead = new AtomicLong();
    private long lead;
    private Map<String, Double> logs;

    /** Trains an epoch in which the slow worker lets the others get {@code lead} steps ahead in each of its steps. */
    private void train(ExchangeMode mode, long lead) {
        this.lead = lead;
        try (TestCluster cluster =
                new TestCluster(WORKERS, 2, 2, TestCluster.TIMEOUTS, new LocalFileStore(), JobSecurity.random())) {
            cluster.mode = mode;
            cluster.runners = (spec, shards, lanes) -> new Watched(
                    new LaneStepRunner(spec, shards, lanes), shards.get(0).index());
            cluster.start(WORKERS + 2);
            cluster.coordinator().train(TestJob.epoch(0), (step, sums) -> {});
            logs = cluster.coordinator().endEpoch(0);
        }
    }

    @Test
    void shouldHoldUpAllInSyncMode() {
        train(new ExchangeMode.Sync(), 0);
        assertEquals(STEPS, slowContributions.get());
        assertTrue(mostAhead.get() <= 1, mostAhead + " steps ahead");
        assertEquals(Map.of(), logs);
    }

    @Test
    void shouldBeLeftBehindWhenItIsABackup() {
        train(new ExchangeMode.BackupWorkers(1), 4);
        assertTrue(slowContributions.get() < STEPS / 2, slowContributions + " contributions of the slow worker");
        double dropped = logs.get(Coordinator.SLOWEST_DROPPED);
        assertTrue(dropped > 0.5 && dropped <= 1, logs::toString);
    }

    @Test
    void shouldHoldUpOthersByNoMoreThanTheStaleness() {
        int staleness = 5;
        train(new ExchangeMode.Ssp(staleness), staleness);
        // A worker may begin a step when the slowest has contributed to all but the last five before it.
        assertTrue(mostAhead.get() == staleness, mostAhead + " steps ahead");
    }

    @Test
    void shouldHoldUpNobodyInAsyncMode() {
        train(new ExchangeMode.Async(), STEPS);
        assertTrue(mostAhead.get() > STEPS / 2, mostAhead + " steps ahead");
    }

    /** Notes which step the worker is at, and how far ahead of the slow one. */
    private final class Watched implements StepRunner {
        private final StepRunner runner;
        private final int shard;

        Watched(StepRunner runner, int shard) {
            this.runner = runner;
            this.shard = shard;
        }

        @Override
        public long train(EpochPlan plan, GradientExchange exchange, LeafListener listener, BooleanSupplier stop) {
            return runner.train(plan, new SlowExchange(exchange, shard), listener, stop);
        }

        @Override
        public void evaluate(DataSplit split, GradientExchange exchange, LeafListener listener) {
            runner.evaluate(split, exchange, listener);
        }

        @Override
        public void close() {
            runner.close();
        }
    }

    private final class SlowExchange implements GradientExchange {
        private final GradientExchange exchange;
        private final int shard;

        SlowExchange(GradientExchange exchange, int shard) {
            this.exchange = exchange;
            this.shard = shard;
        }

        @Override
        public NativeFloats parameters() {
            return exchange.parameters();
        }

        @Override
        public void push(long step, int node, NativeFloats gradient, int samples, float rate, boolean last) {
            if (shard == SLOW) {
                Await.until(() -> front.get() >= Math.min(step + lead, STEPS - 1));
                // In which the others could get further ahead, if the mode let them.
                LockSupport.parkNanos(DELAY_NS);
                slowContributions.incrementAndGet();
                // Before it is pushed: others cannot be let go on any earlier.
                steps.set(SLOW, step + 1);
            } else {
                mostAhead.accumulateAndGet(step - steps.get(SLOW), Math::max);
                front.accumulateAndGet(step, Math::max);
            }
            exchange.push(step, node, gradient, samples, rate, last);
        }

        @Override
        public boolean pull(long step) {
            return exchange.pull(step);
        }

        @Override
        public long nextStep(long step) {
            return exchange.nextStep(step);
        }

        @Override
        public void close() {
            exchange.close();
        }
    }
}
