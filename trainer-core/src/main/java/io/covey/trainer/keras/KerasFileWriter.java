package io.covey.trainer.keras;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileProblem;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes Keras 3's files: {@code .keras} for {@code keras.models.load_model} and {@code .weights.h5} for {@code
 * model.load_weights}. A file takes its name once it is whole; an existing one is replaced. What fails leaves the file as it
 * was, and nothing else.
 */
public final class KerasFileWriter {
    /** The version whose format this is. */
    private static final String METADATA = "{\"keras_version\": \"3.15.1\"}";

    private KerasFileWriter() {}

    /** Writes a model with its weights, not compiled; as the other {@code writeModel}. */
    public static void writeModel(FileStore files, String path, Model model, NativeFloats weights) {
        writeModel(files, path, model, weights, null, null);
    }

    /**
     * Writes a model with its weights, how it was compiled and what the optimizer remembers. What Keras 3 does not have is left
     * out: the compilation where the optimizer or its schedule is not Keras 3's, the memory of Adafactor, which is of other shapes.
     *
     * @param path ends in {@code .keras}
     * @param weights the flat vector that the model's layout describes
     * @param compiled null for a model that is not compiled
     * @param state of the optimizer, null with {@code compiled}
     * @throws CoveyException a caller's error when the path has another ending or cannot be written to
     */
    public static void writeModel(
            FileStore files, String path, Model model, NativeFloats weights, Compiled compiled, OptimizerState state) {
        requireEnding(path, ".keras", "a model with its weights");
        boolean isCompiled = compiled != null && CompileJson.isOfKeras3(compiled);
        OptimizerVariables optimizer =
                isCompiled ? OptimizerVariables.of(compiled.optimizer(), model).orElse(null) : null;
        String config = isCompiled
                ? ModelJson.of(model, CompileJson.of(compiled, state.learningRate(), model))
                : ModelJson.of(model);
        try (LocalCopy hdf5 = LocalCopy.empty()) {
            Hdf5Weights.write(hdf5.path(), model, weights, optimizer, state);
            write(files, path, output -> {
                ZipOutputStream zip = new ZipOutputStream(output);
                store(zip, KerasArchive.METADATA, METADATA);
                store(zip, KerasArchive.CONFIG, config);
                store(zip, KerasArchive.WEIGHTS, hdf5.path());
                zip.finish();
            });
        }
    }

    /**
     * Writes weights alone.
     *
     * @param path ends in {@code .weights.h5}, as Keras wants it
     * @throws CoveyException a caller's error when the path has another ending or cannot be written to
     */
    public static void writeWeights(FileStore files, String path, Model model, NativeFloats weights) {
        requireEnding(path, ".weights.h5", "weights alone");
        try (LocalCopy hdf5 = LocalCopy.empty()) {
            Hdf5Weights.write(hdf5.path(), model, weights, null, null);
            write(files, path, output -> Files.copy(hdf5.path(), output));
        }
    }

    private static void requireEnding(String path, String ending, String what) {
        if (!path.endsWith(ending)) {
            throw CoveyException.caller(
                    path + " does not end in " + ending + ", which is the name of Keras' files of " + what);
        }
    }

    private static void write(FileStore files, String path, FileStore.Content content) {
        try {
            files.replace(path, content);
        } catch (IOException e) {
            throw CoveyException.caller("cannot write " + path + ": " + FileProblem.of(e), e);
        }
    }

    private static void store(ZipOutputStream zip, String name, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        zip.putNextEntry(stored(name, bytes.length, checksum));
        zip.write(bytes);
    }

    private static void store(ZipOutputStream zip, String name, Path file) throws IOException {
        CRC32 checksum = new CRC32();
        Files.copy(file, new CheckedOutputStream(OutputStream.nullOutputStream(), checksum));
        zip.putNextEntry(stored(name, Files.size(file), checksum));
        Files.copy(file, zip);
    }

    /** An entry as it is, as Keras has them: HDF5 is read at any place. The same model gives the same bytes. */
    private static ZipEntry stored(String name, long size, CRC32 checksum) {
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(size);
        entry.setCrc(checksum.getValue());
        entry.setTime(0);
        return entry;
    }
}
