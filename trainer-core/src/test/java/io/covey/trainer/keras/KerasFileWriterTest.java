package io.covey.trainer.keras;

import io.covey.trainer.CoveyException;
import io.covey.trainer.api.KerasModel;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.gradients.LayerSpecimens;
import io.covey.trainer.gradients.Specimen;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.KerasJson;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Node;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.testing.FaultyFileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.covey.trainer.activations.Activation.LINEAR;
import static io.covey.trainer.api.Layers.dense;
import static io.covey.trainer.api.Layers.input;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class KerasFileWriterTest {
    @TempDir
    private Path folder;

    static List<Path> recorded() throws IOException {
        return RecordedModelsTest.models();
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void shouldReadWhatItHasWrittenWhenTheModelIsOneOfKeras(Path file) throws IOException {
        try (KerasModel model = KerasModel.load(file)) {
            model.saveWeights(folder.resolve("model.weights.h5"));
            for (String ending : List.of(".keras", ".h5")) {
                Path first = folder.resolve("model" + ending);
                Path second = folder.resolve("again" + ending);
                model.save(first);
                model.save(second);
                assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
                try (KerasModel same = KerasModel.load(first)) {
                    assertEquals(model.getWeights(), same.getWeights());
                    RecordedModelsTest.check(same, file.getParent());
                }
            }
            try (KerasModel same = KerasModel.of(KerasJson.read(model.toJson()))) {
                same.loadWeights(folder.resolve("model.weights.h5"));
                RecordedModelsTest.check(same, file.getParent());
            }
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(5, files.count());
        }
    }

    static List<Specimen> specimens() {
        return LayerSpecimens.byClass().values().stream().flatMap(List::stream).toList();
    }

    @ParameterizedTest
    @MethodSource("specimens")
    void shouldReadTheModelThatItHasWrittenWhateverTheLayer(Specimen specimen) {
        Model model = specimen.model();
        Model same = KerasJson.read(ModelJson.of(model));
        assertEquals(describe(model), describe(same));
        assertEquals(ModelJson.of(model), ModelJson.of(same));
    }

    private static List<String> describe(Model model) {
        return Stream.concat(
                        model.nodes().stream().map(KerasFileWriterTest::describe),
                        model.layout().parameters().stream().map(ParameterSpec::toString))
                .toList();
    }

    private static String describe(Node node) {
        return node.name() + " " + node.layer().className() + " " + node.calls();
    }

    @Test
    void shouldRefuseNamesThatAreNotThoseOfKeras() {
        try (KerasModel model = KerasModel.sequential(input(2), dense(1, LINEAR))) {
            for (String name : List.of("model", "model.tf", "model.weights.h5")) {
                CoveyException e = assertThrows(CoveyException.class, () -> model.save(folder.resolve(name)));
                assertTrue(e.getMessage().contains("does not end in .keras or .h5"), e.getMessage());
            }
            CoveyException e = assertThrows(CoveyException.class, () -> model.saveWeights(folder.resolve("w.h5")));
            assertTrue(e.getMessage().contains("does not end in .weights.h5"), e.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100, 2000})
    void shouldLeaveTheFilesAsTheyWereAndNothingElseWhenTheDiskIsFull(long bytes) throws IOException {
        FaultyFileStore files = new FaultyFileStore(new LocalFileStore());
        Model model = Model.sequential("large", List.of(3), List.of(new Dense(1000, LINEAR)));
        String whole = folder.resolve("model.keras").toString();
        String alone = folder.resolve("model.weights.h5").toString();
        for (String path : List.of(whole, alone)) {
            Files.writeString(Path.of(path), "old");
        }
        try (NativeFloats weights = NativeFloats.allocate(model.layout().length())) {
            files.diskHolds(bytes);
            assertThrows(CoveyException.class, () -> KerasFileWriter.writeModel(files, whole, model, weights));
            files.diskHolds(bytes);
            assertThrows(CoveyException.class, () -> KerasFileWriter.writeWeights(files, alone, model, weights));
        }
        assertEquals(List.of("model.keras", "model.weights.h5"), files.list(folder.toString()));
        for (String path : List.of(whole, alone)) {
            assertEquals("old", Files.readString(Path.of(path)));
        }
    }
}
