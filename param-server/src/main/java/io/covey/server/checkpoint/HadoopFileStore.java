package io.covey.server.checkpoint;

import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * Files on every file system of a Hadoop configuration; a path without a scheme is on its default file system. Local files go
 * through {@link LocalFileStore}, which makes them durable and leaves no {@code .crc} files beside them. Thread-safe.
 */
public final class HadoopFileStore implements FileStore {
    private final Configuration configuration;
    private final FileStore local = new LocalFileStore();

    /** The file systems of the configuration files on the class path. */
    public HadoopFileStore() {
        this(new Configuration());
    }

    /** @param configuration for example Spark's */
    public HadoopFileStore(Configuration configuration) {
        this.configuration = configuration;
    }

    private FileSystem fileSystem(String path) throws IOException {
        return new Path(path).getFileSystem(configuration);
    }

    private static boolean isLocal(FileSystem fileSystem) {
        return fileSystem instanceof LocalFileSystem;
    }

    private static String localPath(String path) {
        return new Path(path).toUri().getPath();
    }

    @Override
    public Input open(String path) throws IOException {
        FileSystem fileSystem = fileSystem(path);
        return isLocal(fileSystem) ? local.open(localPath(path)) : new HadoopInput(fileSystem, new Path(path));
    }

    @Override
    public Output create(String path) throws IOException {
        FileSystem fileSystem = fileSystem(path);
        return isLocal(fileSystem)
                ? local.create(localPath(path))
                : new HadoopOutput(fileSystem.create(new Path(path), true));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        FileSystem fileSystem = fileSystem(from);
        if (isLocal(fileSystem)) {
            local.rename(localPath(from), localPath(to));
            return;
        }
        // FileSystem.rename fails on an existing target; FileContext's replaces it in one step.
        FileContext.getFileContext(fileSystem.getUri(), configuration)
                .rename(new Path(from), new Path(to), Options.Rename.OVERWRITE);
    }

    @Override
    public boolean exists(String path) throws IOException {
        return fileSystem(path).exists(new Path(path));
    }

    @Override
    public List<String> list(String directory) throws IOException {
        FileSystem fileSystem = fileSystem(directory);
        if (isLocal(fileSystem)) {
            return local.list(localPath(directory));
        }
        try {
            FileStatus[] entries = fileSystem.listStatus(new Path(directory));
            return Arrays.stream(entries)
                    .map(entry -> entry.getPath().getName())
                    .sorted()
                    .toList();
        } catch (FileNotFoundException e) {
            return List.of();
        }
    }

    @Override
    public void delete(String path) throws IOException {
        FileSystem fileSystem = fileSystem(path);
        if (isLocal(fileSystem)) {
            local.delete(localPath(path));
        } else if (!fileSystem.delete(new Path(path), true) && fileSystem.exists(new Path(path))) {
            throw new IOException(path + " could not be deleted");
        }
    }

    @Override
    public Optional<Closeable> lock(String path) throws IOException {
        return isLocal(fileSystem(path)) ? local.lock(localPath(path)) : FileStore.super.lock(path);
    }

    private static final class HadoopInput implements Input {
        private final FSDataInputStream stream;
        private final long length;

        HadoopInput(FileSystem fileSystem, Path path) throws IOException {
            this.length = fileSystem.getFileStatus(path).getLen();
            this.stream = fileSystem.open(path);
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void readFully(long position, byte[] target, int offset, int length) throws IOException {
            stream.readFully(position, target, offset, length);
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    private static final class HadoopOutput extends Output {
        private final FSDataOutputStream stream;

        HadoopOutput(FSDataOutputStream stream) {
            this.stream = stream;
        }

        @Override
        public void write(int b) throws IOException {
            stream.write(b);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            stream.write(source, offset, length);
        }

        @Override
        public void sync() throws IOException {
            stream.hsync();
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
