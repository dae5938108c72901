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
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes Keras 3's files: {@code .keras} and {@code .h5} for {@code keras.models.load_model}, {@code .weights.h5} for {@code
 * model.load_weights}. A file takes its name once it is whole; an existing one is replaced. What fails leaves the file as it
 * was, and nothing else.
 */
public final class KerasFileWriter {
    /** The version whose format this is. */
    static final String VERSION = "3.15.1";

    private static final String METADATA = "{\"keras_version\": \"" + VERSION + "\"}";
    private static final String ARCHIVE = ".keras";
    private static final String HDF5 = ".h5";
    private static final String WEIGHTS = ".weights" + HDF5;

    private KerasFileWriter() {}

    /** Writes a model with its weights, not compiled; as the other {@code writeModel}. */
    public static void writeModel(FileStore files, String path, Model model, NativeFloats weights) {
        writeModel(files, path, model, weights, null, null);
    }

    /**
     * Writes a model with its weights, how it was compiled and what the optimizer remembers. The compilation is left out where the
     * optimizer or its schedule is not Keras 3's.
     *
     * @param path ends in {@code .keras}, or for Keras' legacy format in {@code .h5}
     * @param weights the flat vector that the model's layout describes
     * @param compiled null for a model that is not compiled
     * @param state of the optimizer, null with {@code compiled}
     * @throws CoveyException a caller's error when the path has another ending or cannot be written to
     */
    public static void writeModel(
            FileStore files, String path, Model model, NativeFloats weights, Compiled compiled, OptimizerState state) {
        boolean isLegacy = path.endsWith(HDF5) && !path.endsWith(WEIGHTS);
        if (!isLegacy && !path.endsWith(ARCHIVE)) {
            throw CoveyException.caller(path + " does not end in " + ARCHIVE + " or " + HDF5 + " (but not in " + WEIGHTS
                    + "), which are the names of Keras' files of a model with its weights");
        }
        boolean isCompiled = compiled != null && CompileJson.isOfKeras3(compiled);
        Map<String, Object> config = isCompiled ? CompileJson.of(compiled, state.learningRate(), model) : null;
        OptimizerVariables optimizer = isCompiled ? new OptimizerVariables(compiled.optimizer(), model) : null;
        try (LocalCopy hdf5 = LocalCopy.empty()) {
            try (Hdf5Writer writer = new Hdf5Writer(hdf5.path())) {
                if (isLegacy) {
                    LegacyModelWriter legacy = new LegacyModelWriter(writer, model);
                    legacy.writeModel(weights);
                    if (isCompiled) {
                        legacy.writeTraining(config, optimizer, state);
                    }
                } else {
                    Hdf5Weights.write(writer, model, weights);
                    if (isCompiled) {
                        optimizer.write(writer, Hdf5Weights.optimizerPaths(optimizer.count()), state);
                    }
                }
            }
            String json = isCompiled ? ModelJson.of(model, config) : ModelJson.of(model);
            write(files, path, output -> {
                if (isLegacy) {
                    Files.copy(hdf5.path(), output);
                } else {
                    archive(output, json, hdf5.path());
                }
            });
        }
    }

    private static void archive(OutputStream output, String config, Path weights) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(output);
        store(zip, KerasArchive.METADATA, METADATA);
        store(zip, KerasArchive.CONFIG, config);
        store(zip, KerasArchive.WEIGHTS, weights);
        zip.finish();
    }

    /**
     * Writes weights alone.
     *
     * @param path ends in {@code .weights.h5}, as Keras wants it
     * @throws CoveyException a caller's error when the path has another ending or cannot be written to
     */
    public static void writeWeights(FileStore files, String path, Model model, NativeFloats weights) {
        if (!path.endsWith(WEIGHTS)) {
            throw CoveyException.caller(
                    path + " does not end in " + WEIGHTS + ", which is the name of Keras' files of weights alone");
        }
        try (LocalCopy hdf5 = LocalCopy.empty()) {
            try (Hdf5Writer writer = new Hdf5Writer(hdf5.path())) {
                Hdf5Weights.write(writer, model, weights);
            }
            write(files, path, output -> Files.copy(hdf5.path(), output));
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
