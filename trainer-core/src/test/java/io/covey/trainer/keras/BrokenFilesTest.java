package io.covey.trainer.keras;

import io.covey.trainer.CoveyException;
import io.covey.trainer.api.KerasModel;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static io.covey.trainer.activations.Activation.LINEAR;
import static io.covey.trainer.api.Layers.dense;
import static io.covey.trainer.api.Layers.input;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BrokenFilesTest {
    private static final Path FILES = Path.of("src/test/resources/keras/files");
    private static final Path MLP = FILES.resolve("mlp/model.keras");
    private static final Path NESTED = FILES.resolve("keras2_nested/model.h5");
    private static final long SEED = 20_261_125L;

    @TempDir
    private Path folder;

    private String refusal(Path file) {
        CoveyException e =
                assertThrows(CoveyException.class, () -> KerasModel.load(file).close());
        assertEquals(CoveyException.Category.CALLER, e.category());
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        return e.getMessage();
    }

    private Path cut(Path file, int bytes) throws IOException {
        byte[] all = Files.readAllBytes(file);
        return Files.write(folder.resolve("cut"), Arrays.copyOf(all, bytes));
    }

    @Test
    void shouldRefuseAFileThatIsMissing() {
        assertTrue(refusal(folder.resolve("none.keras")).contains("no such file"));
    }

    @Test
    void shouldRefuseAnArchiveThatEndsEarly() throws IOException {
        assertTrue(refusal(cut(MLP, (int) Files.size(MLP) / 2)).contains("damaged or incomplete"));
    }

    @Test
    void shouldRefuseHdf5ThatEndsEarly() throws IOException {
        for (int parts = 1; parts < 8; parts++) {
            Path cut = cut(NESTED, (int) Files.size(NESTED) * parts / 8);
            assertTrue(refusal(cut).contains("save or copy it once more"), "cut to " + parts + "/8");
        }
    }

    @Test
    void shouldRefuseGarbageBehindHdf5sSignature() throws IOException {
        byte[] bytes = Files.readAllBytes(NESTED);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 8; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(256);
        }
        refusal(Files.write(folder.resolve("garbage.h5"), bytes));
    }

    @Test
    void shouldNeverFailOtherwiseWhenBytesOfHdf5AreWrong() throws IOException {
        byte[] bytes = Files.readAllBytes(NESTED);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 60; round++) {
            byte[] wrong = bytes.clone();
            for (int k = 0; k < 20; k++) {
                wrong[random.nextInt(wrong.length)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve("wrong.h5"), wrong);
            try (KerasModel model = KerasModel.load(file)) {
                assertEquals(2, model.model().outputs().size(), "seed " + SEED + ", round " + round);
            } catch (CoveyException e) {
                assertEquals(CoveyException.Category.CALLER, e.category(), "seed " + SEED + ", round " + round);
            }
        }
    }

    @Test
    void shouldRefuseWhatIsNoFileOfKeras() throws IOException {
        assertTrue(refusal(Files.writeString(folder.resolve("text"), "hello")).contains("not valid JSON"));
        assertTrue(refusal(Files.writeString(folder.resolve("json"), "{\"class_name\": \"Functional\"}"))
                .contains("not of a model as Keras writes it"));
        assertTrue(refusal(Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xff, 1, 2}))
                .contains("no file of Keras'"));
    }

    @Test
    void shouldRefuseAnArchiveWithoutWeightsOrModel() throws IOException {
        assertTrue(refusal(archive("a", KerasArchive.CONFIG)).contains("holds no model.weights.h5"));
        assertTrue(refusal(archive("b", KerasArchive.WEIGHTS)).contains("holds no config.json"));
    }

    private Path archive(String name, String entry) throws IOException {
        Path file = folder.resolve(name);
        try (ZipFile zip = new ZipFile(MLP.toFile());
                ZipOutputStream copy = new ZipOutputStream(Files.newOutputStream(file))) {
            copy.putNextEntry(new ZipEntry(entry));
            zip.getInputStream(zip.getEntry(entry)).transferTo(copy);
        }
        return file;
    }

    @Test
    void shouldRefuseEntriesThatUnpackToFarMoreThanTheyAre() throws IOException {
        assertTrue(
                refusal(bomb("a", KerasArchive.WEIGHTS, KerasArchive.CONFIG)).contains("no model is packed so well"));
        assertTrue(
                refusal(bomb("b", KerasArchive.CONFIG, KerasArchive.WEIGHTS)).contains("no model is packed so well"));
    }

    private Path bomb(String name, String large, String small) throws IOException {
        Path file = folder.resolve(name);
        try (ZipFile zip = new ZipFile(MLP.toFile());
                ZipOutputStream copy = new ZipOutputStream(Files.newOutputStream(file))) {
            copy.putNextEntry(new ZipEntry(small));
            zip.getInputStream(zip.getEntry(small)).transferTo(copy);
            copy.putNextEntry(new ZipEntry(large));
            writeZeros(copy, 260);
        }
        return file;
    }

    private static void writeZeros(OutputStream output, int megabytes) throws IOException {
        byte[] zeros = new byte[1 << 20];
        for (int i = 0; i < megabytes; i++) {
            output.write(zeros);
        }
    }

    @Test
    void shouldNameTheWeightWhoseShapeIsAnother() {
        try (KerasModel model = KerasModel.sequential(input(4), dense(6, LINEAR), dense(3, LINEAR))) {
            CoveyException e = assertThrows(CoveyException.class, () -> model.loadWeights(MLP));
            assertEquals(
                    MLP + ": layers/dense/vars/0 has shape [4, 5], the model's dense/kernel has [4, 6]: the file is of"
                            + " another model",
                    e.getMessage());
        }
    }

    @Test
    void shouldNameTheLayerWhoseWeightsAreMissing() {
        try (KerasModel model = KerasModel.sequential(input(4), dense(5, LINEAR), dense(3, LINEAR), dense(3, LINEAR))) {
            CoveyException e = assertThrows(CoveyException.class, () -> model.loadWeights(MLP));
            assertEquals(
                    MLP
                            + " has 0 weights in layers/dense_2/vars, the model's layer has 2: the file is of another model",
                    e.getMessage());
        }
        try (KerasModel model = KerasModel.sequential(input(4), dense(5, LINEAR))) {
            CoveyException e = assertThrows(CoveyException.class, () -> model.loadWeights(NESTED));
            assertTrue(
                    e.getMessage().contains("the model has 1, [dense]: the file is of another model"), e.getMessage());
        }
    }

    @Test
    void shouldSayWhatToSaveWhenAFileHasOnlyAModelOrOnlyWeights() throws IOException {
        Path weights = FILES.resolve("shared/weights.weights.h5");
        assertTrue(refusal(weights).contains("holds weights and no model"));
        Path json = FILES.resolve("shared/model.json");
        try (KerasFile file = KerasFile.open(new LocalFileStore(), json.toString())) {
            CoveyException e = assertThrows(CoveyException.class, () -> file.readWeights(file.model(), null));
            assertTrue(e.getMessage().contains("no weights: save the whole model"), e.getMessage());
        }
    }

    @Test
    void shouldRefuseWeightsThatAreNoNumbers() {
        Path file = folder.resolve("texts.weights.h5");
        try (WritableHdfFile hdf5 = HdfFile.write(file)) {
            WritableGroup variables = hdf5.putGroup("layers").putGroup("dense").putGroup("vars");
            variables.putDataset("0", new String[][] {{"a", "b", "c"}});
        }
        try (KerasModel model = KerasModel.sequential(input(1), dense(3, LINEAR).useBias(false))) {
            CoveyException e = assertThrows(CoveyException.class, () -> model.loadWeights(file));
            assertTrue(e.getMessage().contains("is no array of numbers"), e.getMessage());
        }
    }

    @Test
    void shouldNameTheLayerThatDoesNotExist() throws IOException {
        String json = Files.readString(FILES.resolve("shared/model.json")).replace("Subtract", "ConvLSTM2D");
        String message = refusal(Files.writeString(folder.resolve("model.json"), json));
        assertTrue(message.contains("there is no layer ConvLSTM2D"), message);
    }
}
