package io.covey.server.worker;

import io.covey.server.coordinator.Coordinator;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.membership.Topology;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.GradientExchange;
import io.covey.trainer.training.LaneStepRunner;
import io.covey.trainer.training.LeafListener;
import io.covey.trainer.training.StepListener;
import io.covey.trainer.training.StepRunner;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Weights that are averaged every few steps. */
@Timeout(300)
class LocalSgdTest {
    private static final StepListener IGNORE = (step, sums) -> {};
    private static final int EPOCHS = 2;
    private static final int WAIT_S = 120;

    @TempDir
    Path directory;

    private static TestCluster cluster(int workers, int servers, int dedicated, int syncEvery) {
        TestCluster cluster = new TestCluster(
                workers, servers, dedicated, TestCluster.TIMEOUTS, new LocalFileStore(), JobSecurity.random());
        cluster.mode = new ExchangeMode.LocalSgd(syncEvery);
        return cluster;
    }

    private static String train(TestCluster cluster, int members) {
        Coordinator coordinator = cluster.start(members).coordinator();
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            EpochPlan plan = TestJob.epoch(epoch);
            assertEquals(plan.endStep(), coordinator.train(plan, IGNORE));
        }
        return coordinator.weightsSha256();
    }

    @ParameterizedTest
    @CsvSource({"1,3", "2,1", "2,3", "3,4", "4,100"})
    void shouldAverageTheWeightsOfWorkersThatTrainAlone(int workers, int syncEvery) {
        List<float[]> weights = new ArrayList<>();
        try (TestCluster cluster = cluster(workers, 2, 0, syncEvery)) {
            cluster.runners = (spec, shards, lanes) -> new Capture(new LaneStepRunner(spec, shards, lanes), weights);
            train(cluster, workers);
        }
        float[] expected = reference(workers, syncEvery);
        assertEquals(workers, weights.size());
        for (float[] each : weights) {
            assertArrayEquals(weights.get(0), each);
            // Forty steps and averages, each with roundings of 6e-8 of weights below 1.
            assertArrayEquals(expected, each, 1e-5f);
        }
    }

    /** Workers one after another in plain Java: SGD on each, the mean by samples at each average. */
    private static float[] reference(int workers, int syncEvery) {
        TrainingSpec spec = TestJob.spec();
        float[] average = new float[Math.toIntExact(spec.model().layout().length())];
        spec.model().initialValues(spec.seed(), 0, average);
        List<Integer> owners = Topology.contiguous(TestJob.VIRTUAL_SHARDS, workers);
        List<LaneStepRunner> runners = new ArrayList<>();
        List<AloneExchange> exchanges = new ArrayList<>();
        for (int w = 0; w < workers; w++) {
            int worker = w;
            Set<Integer> leaves = IntStream.range(0, owners.size())
                    .filter(v -> owners.get(v) == worker)
                    .boxed()
                    .collect(Collectors.toSet());
            runners.add(new LaneStepRunner(spec, TestJob.load(leaves), 1));
            exchanges.add(new AloneExchange(average));
        }
        long perEpoch = TestJob.epoch(0).endStep();
        for (long step = 0; step < EPOCHS * perEpoch; step++) {
            int epoch = (int) (step / perEpoch);
            float rate = TestJob.epoch(epoch).learningRate();
            EpochPlan one = new EpochPlan(epoch, step, step + 1, epoch * perEpoch, rate);
            for (int w = 0; w < workers; w++) {
                runners.get(w).train(one, exchanges.get(w), (s, leaf, metrics) -> {}, () -> false);
            }
            if ((step + 1) % syncEvery == 0 || (step + 1) % perEpoch == 0) {
                average = mean(exchanges, average.length);
                for (AloneExchange exchange : exchanges) {
                    exchange.begin(average);
                }
            }
        }
        CloseHelper.closeAll(runners);
        CloseHelper.closeAll(exchanges);
        return average;
    }

    private static float[] mean(List<AloneExchange> exchanges, int length) {
        double samples = exchanges.stream().mapToInt(e -> e.samples).sum();
        double[] sum = new double[length];
        for (AloneExchange exchange : exchanges) {
            float[] own = exchange.weights.get(0, length);
            for (int i = 0; i < length; i++) {
                sum[i] += own[i] * exchange.samples / samples;
            }
        }
        float[] mean = new float[length];
        for (int i = 0; i < length; i++) {
            mean[i] = (float) sum[i];
        }
        return mean;
    }

    /** SGD on one worker's gradients. */
    private static final class AloneExchange implements GradientExchange {
        private final NativeFloats weights;
        private float[] sum;
        private int samples;
        private int stepSamples;
        private float rate;

        AloneExchange(float[] start) {
            weights = NativeFloats.allocate(start.length);
            begin(start);
        }

        void begin(float[] start) {
            weights.put(0, start);
            samples = 0;
        }

        @Override
        public NativeFloats parameters() {
            return weights;
        }

        @Override
        public void push(long step, int node, NativeFloats gradient, int count, float learningRate, boolean last) {
            float[] more = gradient.get(0, (int) weights.length());
            for (int i = 0; sum != null && i < more.length; i++) {
                more[i] += sum[i];
            }
            sum = more;
            samples += count;
            stepSamples += count;
            rate = learningRate;
        }

        @Override
        public boolean pull(long step) {
            float[] now = weights.get(0, sum.length);
            for (int i = 0; stepSamples > 0 && i < now.length; i++) {
                now[i] -= rate * sum[i] / stepSamples;
            }
            weights.put(0, now);
            sum = null;
            stepSamples = 0;
            return false;
        }

        @Override
        public void close() {
            weights.close();
        }
    }

    /** Keeps the weights at the end of the last epoch. */
    private record Capture(StepRunner runner, List<float[]> weights) implements StepRunner {
        @Override
        public long train(EpochPlan plan, GradientExchange exchange, LeafListener listener, BooleanSupplier stop) {
            long end = runner.train(plan, exchange, listener, stop);
            if (plan.epoch() == EPOCHS - 1) {
                synchronized (weights) {
                    NativeFloats all = exchange.parameters();
                    weights.add(all.get(0, (int) all.length()));
                }
            }
            return end;
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

    @Test
    void shouldGiveTheSameBitsForTheSameNumberOfWorkers() {
        String first;
        try (TestCluster cluster = cluster(3, 1, 0, 4)) {
            first = train(cluster, 3);
        }
        try (TestCluster cluster = cluster(3, 3, 0, 4)) {
            assertEquals(first, train(cluster, 3));
        }
        try (TestCluster cluster = cluster(3, 2, 2, 4)) {
            assertEquals(first, train(cluster, 5));
        }
    }

    @Test
    void shouldGoOnWithTheSameBitsFromACheckpoint() throws Exception {
        String prefix = directory.resolve("ckpt").toString();
        String expected;
        try (TestCluster cluster = cluster(2, 2, 0, 3)) {
            Coordinator coordinator = cluster.start(2).coordinator();
            long step = coordinator.train(TestJob.epoch(0), IGNORE);
            MetricState sums = MetricState.zero(TestJob.spec().metrics().stateLength());
            TrainingState state =
                    new TrainingState(step, 0, sums, TestJob.SEED, "configuration", "", Map.of(), Map.of(), Map.of());
            coordinator.checkpoint(prefix, state).get(WAIT_S, TimeUnit.SECONDS);
            coordinator.train(TestJob.epoch(1), IGNORE);
            expected = coordinator.weightsSha256();
        }
        try (TestCluster cluster = cluster(2, 1, 0, 3)) {
            cluster.restorePrefix = prefix;
            Coordinator coordinator = cluster.start(2).coordinator();
            coordinator.train(TestJob.epoch(1), IGNORE);
            assertEquals(expected, coordinator.weightsSha256());
        }
    }

    @Test
    void shouldEndAllMembersAtAnAverageWhenStopped() {
        try (TestCluster cluster = cluster(2, 2, 1, 5)) {
            Coordinator coordinator = cluster.start(3).coordinator();
            long end = coordinator.train(TestJob.epoch(0), (batch, sums) -> coordinator.requestStop());
            assertTrue(end % 5 == 0 || end == TestJob.epoch(0).endStep(), "ended before step " + end);
            coordinator.weightsSha256();
        }
    }

    /** The same 300 steps in sync mode reach 0.897; averages of four copies every ten steps lose less than 0.02 of that. */
    @Test
    void shouldLearnMnist() {
        try (TestCluster cluster = new TestCluster(
                MnistJob.spec(), 4, 2, 0, TestCluster.TIMEOUTS, new LocalFileStore(), JobSecurity.random())) {
            cluster.mode = new ExchangeMode.LocalSgd(10);
            cluster.loader = MnistJob::load;
            double accuracy = MnistJob.train(cluster.start(4).coordinator());
            assertTrue(accuracy > 0.877, "accuracy " + accuracy);
        }
    }
}
