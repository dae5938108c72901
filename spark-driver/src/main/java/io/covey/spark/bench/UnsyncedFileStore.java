package io.covey.spark.bench;

import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Local files that are not forced to the disk, for a comparison with programs that leave that to the system. */
final class UnsyncedFileStore implements FileStore {
    private final LocalFileStore files = new LocalFileStore();

    @Override
    public Input open(String path) throws IOException {
        return files.open(path);
    }

    @Override
    public Output create(String path) throws IOException {
        Output output = files.create(path);
        return new Output() {
            @Override
            public void sync() {}

            @Override
            public void write(int b) throws IOException {
                output.write(b);
            }

            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                output.write(source, offset, length);
            }

            @Override
            public void write(ByteBuffer bytes) throws IOException {
                output.write(bytes);
            }

            @Override
            public void close() throws IOException {
                output.close();
            }
        };
    }

    @Override
    public void rename(String from, String to) throws IOException {
        files.rename(from, to);
    }

    @Override
    public boolean exists(String path) {
        return files.exists(path);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        return files.list(directory);
    }

    @Override
    public void delete(String path) throws IOException {
        files.delete(path);
    }
}
