package io.covey.trainer.testing;

import io.covey.trainer.checkpoint.FileStore;
import java.io.IOException;
import java.util.List;

/**
 * A file store that breaks on purpose: at its n-th operation, for once or from then on as when the process dies, or when more
 * bytes were written than the disk holds. Every call on the store or on a file counts as an operation.
 */
public final class FaultyFileStore implements FileStore {
    private final FileStore store;
    private long failAt = Long.MAX_VALUE;
    private long failUntil;
    private long capacity = Long.MAX_VALUE;
    private long operations;

    public FaultyFileStore(FileStore store) {
        this.store = store;
    }

    /** Operation {@code operation} (from 0) fails, and all later ones too. */
    public void dieAt(long operation) {
        failAt = operation;
        failUntil = Long.MAX_VALUE;
        operations = 0;
    }

    /** Only operation {@code operation} (from 0) fails. */
    public void failOnceAt(long operation) {
        failAt = operation;
        failUntil = operation;
        operations = 0;
    }

    /** Only {@code bytes} more can be written. */
    public void diskHolds(long bytes) {
        capacity = bytes;
    }

    /** Nothing fails any more. */
    public void recover() {
        failAt = Long.MAX_VALUE;
        capacity = Long.MAX_VALUE;
    }

    /** Operations since the last setting of a fault. */
    public long operations() {
        return operations;
    }

    private boolean fails() {
        long operation = operations++;
        return operation >= failAt && operation <= failUntil;
    }

    private void operation(String what) throws IOException {
        if (fails()) {
            throw new IOException("injected fault: " + what);
        }
    }

    @Override
    public Input open(String path) throws IOException {
        operation("open " + path);
        Input input = store.open(path);
        return new Input() {
            @Override
            public long length() throws IOException {
                operation("length of " + path);
                return input.length();
            }

            @Override
            public void readFully(long position, byte[] target, int offset, int length) throws IOException {
                operation("read " + path);
                input.readFully(position, target, offset, length);
            }

            @Override
            public void close() throws IOException {
                input.close();
            }
        };
    }

    @Override
    public Output create(String path) throws IOException {
        operation("create " + path);
        return new FaultyOutput(path, store.create(path));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        operation("rename " + from + " to " + to);
        store.rename(from, to);
    }

    @Override
    public boolean exists(String path) throws IOException {
        operation("look for " + path);
        return store.exists(path);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        operation("list " + directory);
        return store.list(directory);
    }

    @Override
    public void delete(String path) throws IOException {
        operation("delete " + path);
        store.delete(path);
    }

    private final class FaultyOutput extends Output {
        private final String path;
        private final Output output;

        FaultyOutput(String path, Output output) {
            this.path = path;
            this.output = output;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        /** A write that fails leaves half of its bytes: a torn file. */
        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            if (fails()) {
                output.write(source, offset, length / 2);
                throw new IOException("injected fault: write " + path);
            }
            if (length > capacity) {
                output.write(source, offset, (int) capacity);
                capacity = 0;
                throw new IOException("No space left on device");
            }
            capacity -= length;
            output.write(source, offset, length);
        }

        /** Only counts: what is tested here dies with the process, not with the machine. */
        @Override
        public void sync() throws IOException {
            operation("sync " + path);
        }

        @Override
        public void close() throws IOException {
            // The file is closed in any case, as when a process dies.
            output.close();
            operation("close " + path);
        }
    }
}
