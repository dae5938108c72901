package io.covey.trainer.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The file operations that checkpoints and data files need, so that a local disk, HDFS and a faulty disk in a test look
 * alike. Paths are strings with {@code /} between names, with or without a URI scheme. Thread-safe.
 */
public interface FileStore {
    /** A file to read at any position. Not thread-safe. */
    interface Input extends Closeable {
        /** Length in bytes. */
        long length() throws IOException;

        /**
         * Reads exactly {@code length} bytes from {@code position} of the file.
         *
         * @throws java.io.EOFException when the file ends before
         */
        void readFully(long position, byte[] target, int offset, int length) throws IOException;

        /** As the other, into what is between a buffer's position and limit; moves the position to the limit. */
        default void readFully(long position, ByteBuffer target) throws IOException {
            byte[] bytes = new byte[target.remaining()];
            readFully(position, bytes, 0, bytes.length);
            target.put(bytes);
        }
    }

    /** A file being written; {@link #close} does not make it durable, {@link #sync} does. */
    abstract class Output extends OutputStream {
        private static final int PIECE_LENGTH = 1 << 18;

        private byte[] piece = {};

        /** Writes what is between a buffer's position and limit, and moves the position to the limit. */
        public void write(ByteBuffer bytes) throws IOException {
            int longest = Math.min(PIECE_LENGTH, bytes.remaining());
            if (piece.length < longest) {
                piece = new byte[longest];
            }
            while (bytes.hasRemaining()) {
                int length = Math.min(piece.length, bytes.remaining());
                bytes.get(piece, 0, length);
                write(piece, 0, length);
            }
        }

        /** Forces what was written to the disk, or to HDFS' data nodes. */
        public abstract void sync() throws IOException;
    }

    /** Of the names of files that are to be renamed. */
    String TEMPORARY_SUFFIX = ".tempstate";

    /** Opens an existing file. */
    Input open(String path) throws IOException;

    /** Creates a file and its parent directories; an existing file is replaced. */
    Output create(String path) throws IOException;

    /** Renames atomically within a directory tree; an existing target is replaced. */
    void rename(String from, String to) throws IOException;

    /** What goes into a file. */
    @FunctionalInterface
    interface Content {
        void write(Output output) throws IOException;
    }

    /** As {@link #replace(String, Content)}. */
    default void replace(String path, byte[] content) throws IOException {
        replace(path, output -> output.write(content));
    }

    /**
     * Replaces a file by way of a temporary one beside it. What fails leaves the file as it was, and nothing else.
     *
     * @param content durable when this returns
     */
    default void replace(String path, Content content) throws IOException {
        String temporary = path + TEMPORARY_SUFFIX;
        try {
            try (Output output = create(temporary)) {
                content.write(output);
                output.sync();
            }
            rename(temporary, path);
        } catch (IOException | RuntimeException e) {
            try {
                delete(temporary);
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    boolean exists(String path) throws IOException;

    /** Names (not paths) of the entries of a directory, sorted; empty if it does not exist. */
    List<String> list(String directory) throws IOException;

    /** Deletes a file, or a directory with all that it holds. Nothing happens if it does not exist. */
    void delete(String path) throws IOException;

    /**
     * Locks a file, which is made if there is none and stays, against other processes and other callers in this one.
     *
     * @return the lock, which closing it or the end of the process gives back; empty while another holds it. On a file system
     *     without locks always one, which does nothing
     */
    default Optional<Closeable> lock(String path) throws IOException {
        return Optional.of(() -> {});
    }
}
