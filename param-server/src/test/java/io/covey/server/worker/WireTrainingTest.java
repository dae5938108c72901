package io.covey.server.worker;

import io.covey.server.coordinator.Coordinator;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.WeightsHash;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.StepListener;
import io.covey.trainer.training.TrainingState;
import io.covey.trainer.wire.WireFormat;
import io.covey.trainer.wire.WireFormats;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Whole training with encoded gradients and parameters: the bits do not depend on workers, and survive a resume. */
@Timeout(300)
class WireTrainingTest {
    private static final StepListener IGNORE = (step, sums) -> {};
    private static final int SERVERS = 2;
    private static final long WAIT_S = 120;

    @TempDir
    Path directory;

    private final LocalFileStore store = new LocalFileStore();

    private TestCluster cluster(int workers, WireFormats wire) {
        return new TestCluster(
                TestJob.spec(wire), workers, SERVERS, 0, TestCluster.TIMEOUTS, store, JobSecurity.random());
    }

    private TrainingState state(long step, String sha256) {
        MetricState sums = MetricState.zero(TestJob.spec().metrics().stateLength());
        return new TrainingState(step, 0, sums, TestJob.SEED, "configuration", sha256, Map.of(), Map.of(), Map.of());
    }

    private String train(int workers, WireFormats wire, String prefix) throws Exception {
        try (TestCluster cluster = cluster(workers, wire).start(workers)) {
            Coordinator coordinator = cluster.coordinator();
            long step = coordinator.train(TestJob.epoch(0), IGNORE);
            coordinator
                    .checkpoint(prefix, state(step, coordinator.weightsSha256()))
                    .get(WAIT_S, TimeUnit.SECONDS);
            coordinator.train(TestJob.epoch(1), IGNORE);
            return coordinator.weightsSha256();
        }
    }

    @ParameterizedTest
    @MethodSource("io.covey.server.client.WireExchangeTest#formats")
    void shouldGiveTheSameBitsForAnyWorkersAndAfterAResume(WireFormats wire) throws Exception {
        String prefix = directory.resolve("ckpt-1").toString();
        Set<String> hashes = new HashSet<>();
        for (int workers : new int[] {1, 4, 2}) {
            hashes.add(train(workers, wire, prefix));
        }
        assertEquals(1, hashes.size());
        TrainingState state = new CheckpointDirectory(store, directory.toString(), 1).readState(prefix);
        try (TestCluster cluster = cluster(3, wire)) {
            cluster.restorePrefix = prefix;
            for (int w = 0; w < 3; w++) {
                cluster.startWorker(w);
            }
            Coordinator coordinator = cluster.coordinator();
            assertEquals(state.step(), coordinator.awaitWorkers());
            assertEquals(state.weightsSha256(), coordinator.weightsSha256());
            coordinator.train(TestJob.epoch(1), IGNORE);
            assertEquals(hashes, Set.of(coordinator.weightsSha256()));
        }
    }

    /** What a checkpoint holds; workers compute with what has travelled. */
    @ParameterizedTest
    @MethodSource("io.covey.server.client.WireExchangeTest#formats")
    void shouldGiveTheExactWeightsAndTakeThemBack(WireFormats wire) throws Exception {
        String prefix = directory.resolve("ckpt-1").toString();
        ParameterLayout layout = TestJob.spec().model().layout();
        try (TestCluster cluster = cluster(2, wire).start(2);
                NativeFloats saved = NativeFloats.allocate(layout.length())) {
            Coordinator coordinator = cluster.coordinator();
            long step = coordinator.train(TestJob.epoch(0), IGNORE);
            String sha256 = coordinator.weightsSha256();
            coordinator.checkpoint(prefix, state(step, sha256)).get(WAIT_S, TimeUnit.SECONDS);
            new CheckpointDirectory(store, directory.toString(), 1)
                    .readRange(prefix, layout, List.of(), layout.cut(1).get(0), saved, new NativeFloats[0]);
            try (NativeFloats copy = coordinator.copyWeights()) {
                int length = Math.toIntExact(layout.length());
                assertArrayEquals(saved.get(0, length), copy.get(0, length));
                if (!wire.encodesParameters()) {
                    assertEquals(sha256, WeightsHash.sha256(layout, copy));
                }
                coordinator.setWeights(copy);
                assertEquals(sha256, coordinator.weightsSha256());
            }
        }
    }

    @Test
    void shouldRefuseParametersThatLeaveSomeOut() {
        CoveyException e = assertThrows(
                CoveyException.class, () -> new WireFormats(WireFormat.float32(), new WireFormat.TopK(0.1)));
        assertEquals(
                "the parameters' wire format is TopK[ratio=0.1], which leaves most of them out: it is for gradients."
                        + " Parameters can be float32, float16, bfloat16 or int8",
                e.getMessage());
    }
}
