package io.covey.server.worker;

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

/** One of four workers takes 100 ms for each of its steps, the others next to nothing. */
@Timeout(60)
class StragglerTest {
    private static final int WORKERS = 4;
    private static final int SLOW = 3;
    private static final long DELAY_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long STEPS = TestJob.epoch(0).endStep();

    /** By virtual shard, which each worker has one of: the step that it is at. */
    private final AtomicLongArray steps = new AtomicLongArray(WORKERS);

    private final AtomicLong slowContributions = new AtomicLong();
    private final AtomicLong mostAhead = new AtomicLong();
    private Map<String, Double> logs;

    /** Trains an epoch; returns how long it took. */
    private long train(ExchangeMode mode) {
        try (TestCluster cluster =
                new TestCluster(WORKERS, 2, 2, TestCluster.TIMEOUTS, new LocalFileStore(), JobSecurity.random())) {
            cluster.mode = mode;
            cluster.runners = (spec, shards, lanes) -> new Watched(
                    new LaneStepRunner(spec, shards, lanes), shards.get(0).index());
            cluster.start(WORKERS + 2);
            long startNs = System.nanoTime();
            cluster.coordinator().train(TestJob.epoch(0), (step, sums) -> {});
            long tookNs = System.nanoTime() - startNs;
            logs = cluster.coordinator().endEpoch(0);
            return tookNs;
        }
    }

    @Test
    void shouldHoldUpAllInSyncMode() {
        long tookNs = train(new ExchangeMode.Sync());
        assertTrue(tookNs >= STEPS * DELAY_NS, "took " + tookNs);
        assertTrue(mostAhead.get() <= 1, mostAhead + " steps ahead");
        assertEquals(Map.of(), logs);
    }

    @Test
    void shouldBeLeftBehindWhenItIsABackup() {
        long tookNs = train(new ExchangeMode.BackupWorkers(1));
        assertTrue(tookNs < STEPS * DELAY_NS / 2, "took " + tookNs);
        assertTrue(slowContributions.get() < STEPS / 2, slowContributions + " contributions of the slow worker");
        double dropped = logs.get(Coordinator.SLOWEST_DROPPED);
        assertTrue(dropped > 0.5 && dropped <= 1, logs::toString);
    }

    @Test
    void shouldHoldUpOthersByNoMoreThanTheStaleness() {
        int staleness = 5;
        train(new ExchangeMode.Ssp(staleness));
        // A worker may begin a step when the slowest has contributed to all but the last five before it.
        assertTrue(mostAhead.get() == staleness, mostAhead + " steps ahead");
    }

    @Test
    void shouldHoldUpNobodyInAsyncMode() {
        train(new ExchangeMode.Async());
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
                LockSupport.parkNanos(DELAY_NS);
                slowContributions.incrementAndGet();
                // Before it is pushed: others cannot be let go on any earlier.
                steps.set(SLOW, step + 1);
            } else {
                mostAhead.accumulateAndGet(step - steps.get(SLOW), Math::max);
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
