package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.testing.FaultyFileStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CheckpointDirectoryTest {
    @TempDir
    private Path folder;

    private final FaultyFileStore store = new FaultyFileStore(new LocalFileStore());
    private final TestRun run = new TestRun();

    @AfterEach
    void close() {
        run.close();
    }

    private CheckpointDirectory directory(int keep) {
        return new CheckpointDirectory(store, folder.toString(), keep);
    }

    private List<String> files() throws IOException {
        return new LocalFileStore().list(folder.toString());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 3", "3, 1", "3, 2", "2, 5", "30, 4"})
    void shouldReadOnAnyNumberOfShardsWhatAnyNumberWrote(int writers, int readers) {
        CheckpointDirectory directory = directory(3);
        String prefix = run.save(store, directory, 17, writers);

        assertEquals(Optional.of(prefix), directory.newestValid());
        run.expect(directory, prefix, 17, readers);
    }

    @Test
    void shouldNameFilesAndTensorsAsKeras2() throws IOException {
        run.save(store, directory(3), 17, 3);

        assertEquals(
                List.of(
                        "checkpoint",
                        "ckpt-1.data-00000-of-00004",
                        "ckpt-1.data-00001-of-00004",
                        "ckpt-1.data-00002-of-00004",
                        "ckpt-1.data-00003-of-00004",
                        "ckpt-1.index"),
                files());
        assertEquals(
                "model_checkpoint_path: \"ckpt-1\"\nall_model_checkpoint_paths: \"ckpt-1\"\n",
                Files.readString(folder.resolve("checkpoint")));
        try (TensorBundleReader reader =
                TensorBundleReader.open(store, folder.resolve("ckpt-1").toString())) {
            reader.validate();
            assertEquals(
                    List.of(
                            "_CHECKPOINTABLE_OBJECT_GRAPH",
                            "covey/training_state",
                            "layer_with_weights-0/bias/.ATTRIBUTES/VARIABLE_VALUE",
                            "layer_with_weights-0/bias/.OPTIMIZER_SLOT/optimizer/momentum/.ATTRIBUTES/VARIABLE_VALUE",
                            "layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE",
                            "layer_with_weights-0/kernel/.OPTIMIZER_SLOT/optimizer/momentum/.ATTRIBUTES/VARIABLE_VALUE",
                            "layer_with_weights-1/bias/.ATTRIBUTES/VARIABLE_VALUE",
                            "layer_with_weights-1/bias/.OPTIMIZER_SLOT/optimizer/momentum/.ATTRIBUTES/VARIABLE_VALUE",
                            "layer_with_weights-1/kernel/.ATTRIBUTES/VARIABLE_VALUE",
                            "layer_with_weights-1/kernel/.OPTIMIZER_SLOT/optimizer/momentum/.ATTRIBUTES/VARIABLE_VALUE",
                            "optimizer/iter/.ATTRIBUTES/VARIABLE_VALUE",
                            "save_counter/.ATTRIBUTES/VARIABLE_VALUE"),
                    reader.names());
            assertEquals(17, reader.readInt64(CheckpointKeys.OPTIMIZER_ITERATIONS));
            assertEquals(1, reader.readInt64(CheckpointKeys.SAVE_COUNTER));
        }
    }

    @Test
    void shouldKeepTheNewestAndCountOnAfterAResume() throws IOException {
        for (int step = 1; step <= 3; step++) {
            run.save(store, directory(2), step, 2);
        }
        CheckpointDirectory resumed = directory(2);
        assertEquals(Optional.of(folder + "/ckpt-3"), resumed.newestValid());

        run.save(store, resumed, 4, 2);

        assertEquals(
                List.of("ckpt-3.index", "ckpt-4.index"),
                files().stream().filter(name -> name.endsWith(".index")).toList());
        assertEquals(1 + 2 * 4, files().size());
        assertEquals("""
                model_checkpoint_path: "ckpt-4"
                all_model_checkpoint_paths: "ckpt-3"
                all_model_checkpoint_paths: "ckpt-4"
                """, Files.readString(folder.resolve("checkpoint")));
    }

    @Test
    void shouldSayWhyANewerCheckpointIsPassedOver() throws IOException {
        String older = run.save(store, directory(2), 1, 2);
        String newer = run.save(store, directory(2), 2, 2);
        List<String> passedOver = new ArrayList<>();
        assertEquals(Optional.of(newer), directory(2).newestValid(passedOver::add));
        assertEquals(List.of(), passedOver);

        Files.write(Path.of(newer + ".index"), new byte[50]);

        assertEquals(Optional.of(older), directory(2).newestValid(passedOver::add));
        assertEquals(1, passedOver.size());
        assertTrue(passedOver.get(0).contains(newer + ".index"), passedOver.get(0));
    }

    @Test
    void shouldHaveNoCheckpointWhenTheDirectoryIsNewOrEmpty() {
        assertEquals(Optional.empty(), directory(1).newestValid());
        CheckpointDirectory missing = new CheckpointDirectory(store, folder + "/a/b", 1);
        assertEquals(Optional.empty(), missing.newestValid());
        assertEquals(folder + "/a/b/ckpt-1", missing.nextPrefix());
        assertEquals(folder + "/a/b/ckpt-2", missing.nextPrefix());
        missing.sweep();
    }

    @Test
    void shouldFallBackToTheNewestGoodCheckpoint() throws IOException {
        CheckpointDirectory directory = directory(5);
        for (int step = 1; step <= 4; step++) {
            run.save(store, directory, step, 2);
        }
        flip(folder.resolve("ckpt-4.data-00001-of-00003"));
        flip(folder.resolve("ckpt-3.index"));

        CheckpointDirectory resumed = directory(5);

        assertEquals(Optional.of(folder + "/ckpt-2"), resumed.newestValid());
        run.expect(resumed, folder + "/ckpt-2", 2, 2);
        assertEquals(folder + "/ckpt-5", run.save(store, resumed, 5, 1));
        assertEquals(List.of("ckpt-1", "ckpt-2", "ckpt-5"), state().all(), "broken checkpoints are no longer listed");
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    private CheckpointState state() throws IOException {
        try {
            return CheckpointState.decode(Files.readString(folder.resolve("checkpoint")));
        } catch (MalformedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void shouldRefuseToStartAnewWhenEveryCheckpointIsBroken() throws IOException {
        run.save(store, directory(1), 1, 1);
        Files.delete(folder.resolve("ckpt-1.data-00000-of-00002"));

        CoveyException e = assertThrows(CoveyException.class, () -> directory(1).newestValid());

        assertTrue(e.getMessage().contains("ckpt-1.data-00000-of-00002"), e.getMessage());
        assertTrue(e.getMessage().contains("missing"), e.getMessage());
    }

    @Test
    void shouldFollowTheStateFileWhenAUserHasGoneBack() throws IOException {
        CheckpointDirectory directory = directory(5);
        for (int step = 1; step <= 3; step++) {
            run.save(store, directory, step, 1);
        }
        Files.writeString(folder.resolve("checkpoint"), new CheckpointState("ckpt-1", state().all()).encode());
        assertEquals(Optional.of(folder + "/ckpt-1"), directory(5).newestValid());

        for (String text : List.of("", "garbage {{{")) {
            Files.writeString(folder.resolve("checkpoint"), text);
            assertEquals(Optional.of(folder + "/ckpt-3"), directory(5).newestValid());
        }
    }

    @Test
    void shouldReadADirectoryThatTensorFlowManages() {
        String golden = Golden.path("checkpoint/manager_keep3/ckpt").toString();
        CheckpointDirectory directory = new CheckpointDirectory(store, golden, 3);
        assertEquals(Optional.of(golden + "/ckpt-5"), directory.newestValid());
        assertEquals(golden + "/ckpt-6", directory.nextPrefix());
        String keras = Golden.path("checkpoint/keras3_model_adam/ckpt").toString();
        assertEquals(Optional.of(keras + "/m-1"), new CheckpointDirectory(store, keras, 3).newestValid());
    }

    @Test
    void shouldRefuseToCommitWhenAPartIsMissing() {
        CheckpointDirectory directory = directory(1);
        run.at(1);
        CheckpointParts parts = new CheckpointParts(store, directory.nextPrefix(), "a", 2);
        ShardRange range = TestRun.LAYOUT.cut(2).get(0);
        try (NativeFloats values = NativeFloats.allocate(range.length())) {
            parts.writePart(TestRun.LAYOUT, range, values, List.of(), new NativeFloats[0]);
        }

        CoveyException e =
                assertThrows(CoveyException.class, () -> parts.commit(TestRun.LAYOUT, List.of(), run.state(1)));

        assertTrue(e.getMessage().contains("server shard 1 of 2"), e.getMessage());
        assertEquals(Optional.empty(), directory.newestValid());
    }

    @Test
    void shouldRefuseToCommitWhenPartsDoNotCoverTheModel() {
        CheckpointDirectory directory = directory(1);
        CheckpointParts parts = new CheckpointParts(store, directory.nextPrefix(), "a", 1);
        ShardRange half = TestRun.LAYOUT.cut(2).get(0);
        try (NativeFloats values = NativeFloats.allocate(half.length())) {
            parts.writePart(TestRun.LAYOUT, half, values, List.of(), new NativeFloats[0]);
        }

        CoveyException e =
                assertThrows(CoveyException.class, () -> parts.commit(TestRun.LAYOUT, List.of(), run.state(1)));

        assertTrue(e.getMessage().contains("incomplete"), e.getMessage());
        assertEquals(Optional.empty(), directory.newestValid());
    }

    @Test
    void shouldRefuseRangesWithoutRowsAndRangesThatCutRows() {
        CheckpointParts parts = new CheckpointParts(store, folder + "/ckpt-1", "a", 1);
        try (NativeFloats values = NativeFloats.allocate(3)) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> parts.writePart(
                            TestRun.LAYOUT, new ShardRange(0, 2, 3), values, List.of(), new NativeFloats[0]));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> parts.writePart(
                            TestRun.LAYOUT, new ShardRange(0, 140, 3), values, List.of(), new NativeFloats[0]));
        }
    }

    @Test
    void shouldNotMixUpAttemptsOfTheSameCheckpoint() {
        CheckpointDirectory directory = directory(1);
        String prefix = directory.nextPrefix();
        ShardRange all = TestRun.LAYOUT.cut(1).get(0);
        CheckpointParts zombie = new CheckpointParts(store, prefix, "zombie", 1);
        try (NativeFloats values = NativeFloats.allocate(all.length())) {
            run.save(store, directory, prefix, 1, 3);
            zombie.writePart(TestRun.LAYOUT, all, values, List.of(), new NativeFloats[0]);
        }
        run.expect(directory, prefix, 1, 2);
        directory.sweep();
        run.expect(directory, prefix, 1, 2);
    }

    @Test
    void shouldNameTheVariableWhenACheckpointBelongsToAnotherModel() {
        CheckpointDirectory directory = directory(1);
        String prefix = run.save(store, directory, 1, 2);
        ParameterLayout other = Model.sequential(null, List.of(20), List.of(new Dense(8, Activation.RELU)))
                .layout();
        try (NativeFloats target = NativeFloats.allocate(other.length())) {
            CoveyException e = assertThrows(
                    CoveyException.class,
                    () -> directory.readRange(
                            prefix, other, List.of(), other.cut(1).get(0), target, new NativeFloats[0]));
            assertEquals(CoveyException.Category.CALLER, e.category());
            assertTrue(e.getMessage().contains("[20, 7]") && e.getMessage().contains("[20, 8]"), e.getMessage());
        }
    }

    @Test
    void shouldSweepOnlyWhatDeadAttemptsLeft() throws IOException {
        CheckpointDirectory directory = directory(1);
        run.save(store, directory, 1, 1);
        List<String> before = files();
        Files.createDirectories(folder.resolve("ckpt-2_temp-x"));
        Files.writeString(folder.resolve("ckpt-2_temp-x/part-00000-of-00002.index"), "x");
        Files.writeString(folder.resolve("ckpt-3.data-00000-of-00001"), "x", StandardCharsets.UTF_8);
        Files.writeString(folder.resolve("checkpoint.tempstate"), "x");
        Files.writeString(folder.resolve("history.csv"), "mine");
        assertEquals(folder + "/ckpt-4", directory.nextPrefix());

        directory.sweep();

        assertTrue(files().contains("history.csv"));
        Files.delete(folder.resolve("history.csv"));
        assertEquals(before, files());
        assertFalse(Files.exists(folder.resolve("ckpt-2_temp-x")));
    }
}
