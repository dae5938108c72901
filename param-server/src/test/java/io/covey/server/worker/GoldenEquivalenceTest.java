package io.covey.server.worker;

import io.covey.server.coordinator.Coordinator;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.CheckpointParts;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.golden.EquivalenceCase;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingState;
import io.covey.trainer.training.VirtualShard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Keras' trainings with one batch dealt to one, two and four workers, with as many workers of the parameter server. The first
 * weights come from a checkpoint, the last ones go to one. {@code covey.golden.dir} names another folder of cases.
 */
@Timeout(300)
class GoldenEquivalenceTest {
    private static final String CASES =
            System.getProperty("covey.golden.dir", "../trainer-core/src/test/resources/golden");

    private static final Pattern KIND = Pattern.compile("\"kind\"\\s*:\\s*\"equivalence\"");

    @TempDir
    Path directory;

    static List<Path> cases() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(CASES))) {
            return files.filter(file -> file.endsWith("manifest.json") && isEquivalence(file))
                    .map(Path::getParent)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isEquivalence(Path manifest) {
        try {
            return KIND.matcher(Files.readString(manifest)).find();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldTrainAsKerasOnOneShard(Path folder) throws Exception {
        EquivalenceCase.check(
                folder, (spec, plan, shards, initial, losses) -> train(1, spec, plan, shards, initial, losses));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldTrainAsKerasOnThreeShards(Path folder) throws Exception {
        EquivalenceCase.check(
                folder, (spec, plan, shards, initial, losses) -> train(3, spec, plan, shards, initial, losses));
    }

    private float[] train(
            int servers, TrainingSpec spec, EpochPlan plan, List<VirtualShard> shards, float[] initial, double[] losses)
            throws Exception {
        CheckpointDirectory checkpoints = new CheckpointDirectory(new LocalFileStore(), directory.toString(), 2);
        String first = checkpoints.nextPrefix();
        write(first, spec, initial);
        checkpoints.committed(first);
        int workers = shards.size();
        try (TestCluster cluster = new TestCluster(
                spec, workers, servers, 0, TestCluster.TIMEOUTS, new LocalFileStore(), JobSecurity.random())) {
            cluster.restorePrefix = first;
            cluster.loader = leaves -> leaves.stream().map(shards::get).toList();
            Coordinator coordinator = cluster.start(workers).coordinator();
            coordinator.train(
                    plan,
                    (step, metrics) ->
                            losses[(int) step] = metrics.get(StateLayout.LOSS) / metrics.get(StateLayout.SAMPLES));
            String last = checkpoints.nextPrefix();
            coordinator.checkpoint(last, state(spec, plan.endStep())).get(120, TimeUnit.SECONDS);
            return read(checkpoints, last, spec);
        }
    }

    private static void write(String prefix, TrainingSpec spec, float[] weights) {
        ParameterLayout layout = spec.model().layout();
        CheckpointParts parts = new CheckpointParts(new LocalFileStore(), prefix, "first", 1);
        List<String> names = spec.optimizer().slots();
        List<NativeFloats> slots = names.stream()
                .map(name -> {
                    NativeFloats slot = NativeFloats.allocate(layout.length());
                    slot.fill(spec.optimizer().initialValue(name));
                    return slot;
                })
                .toList();
        try (NativeFloats vector = NativeFloats.allocate(layout.length())) {
            vector.put(0, weights);
            parts.writePart(layout, layout.cut(1).get(0), vector, names, slots.toArray(NativeFloats[]::new));
        }
        slots.forEach(NativeFloats::close);
        parts.commit(layout, names, state(spec, 0));
    }

    private static float[] read(CheckpointDirectory checkpoints, String prefix, TrainingSpec spec) {
        ParameterLayout layout = spec.model().layout();
        try (NativeFloats vector = NativeFloats.allocate(layout.length())) {
            checkpoints.readRange(prefix, layout, List.of(), layout.cut(1).get(0), vector, new NativeFloats[0]);
            return vector.get(0, (int) layout.length());
        }
    }

    private static TrainingState state(TrainingSpec spec, long step) {
        MetricState sums = MetricState.zero(spec.metrics().stateLength());
        return new TrainingState(step, 0, sums, 0, "configuration", "", Map.of(), Map.of(), Map.of());
    }
}
