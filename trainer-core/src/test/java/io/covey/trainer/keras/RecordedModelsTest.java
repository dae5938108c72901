package io.covey.trainer.keras;

import io.covey.trainer.api.Dataset;
import io.covey.trainer.api.InferenceArguments;
import io.covey.trainer.api.KerasModel;
import io.covey.trainer.testing.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Files that real Keras saved (versions 3.15 and 2.6), beside them inputs and what Keras predicted. Another folder of such cases:
 * {@code -Dcovey.keras.dir}.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RecordedModelsTest {
    private static final Path FOLDER = Path.of(System.getProperty("covey.keras.dir", "src/test/resources/keras/files"));

    /** Relative to the largest number: float32 sums of the few products in these models, in another order. */
    private static final float TOLERANCE = 2e-6f;

    static List<Path> models() throws IOException {
        return files("model\\.(keras|h5)");
    }

    static List<Path> weights() throws IOException {
        return files("weights\\.(weights\\.)?h5");
    }

    private static List<Path> files(String name) throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.getFileName().toString().matches(name))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldPredictWhatKerasDidWhenAModelIsLoaded(Path file) throws IOException {
        try (KerasModel model = KerasModel.load(file)) {
            check(model, file.getParent());
        }
    }

    @ParameterizedTest
    @MethodSource("weights")
    void shouldPredictWhatKerasDidWhenWeightsAreLoaded(Path file) throws IOException {
        try (KerasModel model = KerasModel.load(file.resolveSibling("model.json"))) {
            model.loadWeights(file);
            check(model, file.getParent());
        }
    }

    static void check(KerasModel model, Path folder) throws IOException {
        Dataset inputs = Dataset.of(arrays(folder, "x"), List.of());
        List<INDArray> outputs =
                model.predict(inputs, InferenceArguments.inference().verbose(0));
        List<INDArray> expected = arrays(folder, "y");
        assertEquals(expected.size(), outputs.size());
        for (int i = 0; i < expected.size(); i++) {
            float scale = Math.max(1, expected.get(i).amaxNumber().floatValue());
            assertArrayEquals(expected.get(i).shape(), outputs.get(i).shape());
            assertArrayEquals(
                    expected.get(i).data().asFloat(),
                    outputs.get(i).dup('c').data().asFloat(),
                    TOLERANCE * scale,
                    "output " + i);
        }
    }

    private static List<INDArray> arrays(Path folder, String name) {
        List<INDArray> arrays = new ArrayList<>();
        for (int i = 0; Files.exists(folder.resolve(name + i + ".npy")); i++) {
            NpyFile file = NpyFile.read(folder.resolve(name + i + ".npy"));
            long[] shape = file.shape().stream().mapToLong(n -> n).toArray();
            arrays.add(Nd4j.createFromArray(file.floats()).reshape('c', shape));
        }
        return arrays;
    }
}
