package io.covey.trainer.keras;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileProblem;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.FileStoreInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file among this machine's temporary files, where zip and HDF5 can be read at any place; deleted when it is closed. */
final class LocalCopy implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path path;

    private LocalCopy(Path path) {
        this.path = path;
    }

    /** An empty file. */
    static LocalCopy empty() {
        try {
            return new LocalCopy(Files.createTempFile("covey-", ".keras"));
        } catch (IOException e) {
            throw CoveyException.failure(
                    "cannot write to the folder of temporary files, " + System.getProperty("java.io.tmpdir") + ": "
                            + FileProblem.of(e),
                    e);
        }
    }

    /**
     * Copies a file.
     *
     * @throws CoveyException a caller's error when there is no such file
     */
    static LocalCopy of(FileStore files, String source) {
        try (InputStream input = new FileStoreInputStream(files.open(source))) {
            return of(input, Long.MAX_VALUE, source);
        } catch (IOException e) {
            throw CoveyException.caller("cannot read " + source + ": " + FileProblem.of(e), e);
        }
    }

    /**
     * Copies a stream.
     *
     * @param mostBytes a stream with more is a caller's error
     * @param what is read, for messages
     */
    static LocalCopy of(InputStream input, long mostBytes, String what) throws IOException {
        LocalCopy copy = empty();
        try (OutputStream output = Files.newOutputStream(copy.path)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long bytes = 0;
            for (int n = input.read(buffer); n >= 0; n = input.read(buffer)) {
                bytes += n;
                if (bytes > mostBytes) {
                    throw CoveyException.caller(
                            what + " has more than " + mostBytes + " bytes, too many for the model that it is of");
                }
                output.write(buffer, 0, n);
            }
            return copy;
        } catch (IOException | RuntimeException e) {
            copy.close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw CoveyException.failure("cannot delete " + path + ": " + FileProblem.of(e), e);
        }
    }
}
