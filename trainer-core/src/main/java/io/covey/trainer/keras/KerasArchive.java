package io.covey.trainer.keras;

import io.covey.trainer.CoveyException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A {@code .keras} file: a zip archive of a model's configuration and weights. */
final class KerasArchive implements AutoCloseable {
    static final String CONFIG = "config.json";
    static final String METADATA = "metadata.json";
    static final String WEIGHTS = "model.weights.h5";

    /** No configuration comes near; an archive can pretend to hold any number of bytes. */
    private static final int CONFIG_BYTES_MAX = 64 << 20;

    /** Up to here weights may be packed as well as can be, beyond no better than {@link #EXPANSION_MAX}, as in Keras. */
    private static final long WEIGHTS_BYTES_ALWAYS = 256L << 20;

    private static final int EXPANSION_MAX = 100;

    private final String name;
    private final ZipFile zip;

    /** @param name of the file, for messages */
    KerasArchive(Path path, String name) {
        this.name = name;
        try {
            zip = new ZipFile(path.toFile());
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    private CoveyException damaged(IOException e) {
        return CoveyException.caller(
                name + " cannot be read as a zip archive, it is damaged or incomplete: " + e.getMessage()
                        + "; save or copy it once more",
                e);
    }

    /** The model's configuration as JSON. */
    String config() {
        ZipEntry entry = entry(CONFIG, "it is no model that Keras saved");
        try (InputStream input = zip.getInputStream(entry)) {
            byte[] text = input.readNBytes(CONFIG_BYTES_MAX + 1);
            if (text.length > CONFIG_BYTES_MAX) {
                throw tooLarge(CONFIG, CONFIG_BYTES_MAX);
            }
            return new String(text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    /** A copy of the weights' HDF5 file. */
    LocalCopy weights() {
        ZipEntry entry = entry(WEIGHTS, "save the model with weights, in HDF5 and in one file");
        long most = Math.max(WEIGHTS_BYTES_ALWAYS, EXPANSION_MAX * entry.getCompressedSize());
        if (entry.getSize() > most) {
            throw tooLarge(WEIGHTS, most);
        }
        try (InputStream input = zip.getInputStream(entry)) {
            return LocalCopy.of(input, most, name + ": " + WEIGHTS);
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    private ZipEntry entry(String entryName, String advice) {
        ZipEntry entry = zip.getEntry(entryName);
        if (entry == null) {
            throw CoveyException.caller(name + " holds no " + entryName + ": " + advice);
        }
        return entry;
    }

    private CoveyException tooLarge(String entryName, long most) {
        return CoveyException.caller(
                name + ": " + entryName + " unpacks to more than " + most + " bytes, no model is packed so well");
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw damaged(e);
        }
    }
}
