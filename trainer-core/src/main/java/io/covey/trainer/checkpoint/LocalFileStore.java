package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Files of this machine, by plain path or {@code file:} URI. Renames and synced files survive a power failure. */
public final class LocalFileStore implements FileStore {
    private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:.*");
    private static final Pattern FILE_SCHEME = Pattern.compile("file:(//(localhost)?(?=/))?");

    /** The local path of a plain path or a {@code file:} URI; as in Hadoop's paths, {@code %20} is no space. */
    private static Path path(String path) {
        if (path.startsWith("file:")) {
            return Path.of(FILE_SCHEME.matcher(path).replaceFirst(""));
        }
        if (SCHEME.matcher(path).matches()) {
            throw CoveyException.caller(path + " is not a local path: only plain paths and file: can be used here");
        }
        return Path.of(path);
    }

    @Override
    public Input open(String path) throws IOException {
        return new LocalInput(path, FileChannel.open(path(path), StandardOpenOption.READ));
    }

    @Override
    public Output create(String path) throws IOException {
        Path file = path(path);
        createParents(file);
        return new LocalOutput(FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Path target = path(to);
        createParents(target);
        Files.move(path(from), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        // The new name is in the directory, which has to reach the disk too.
        try (FileChannel directory = FileChannel.open(target.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static void createParents(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(path(path));
    }

    @Override
    public List<String> list(String directory) throws IOException {
        try (Stream<Path> entries = Files.list(path(directory))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    @Override
    public void delete(String path) throws IOException {
        delete(path(path));
    }

    @Override
    public Optional<Closeable> lock(String path) throws IOException {
        Path file = path(path);
        createParents(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        return locked ? Optional.of(channel) : Optional.empty();
    }

    private static void delete(Path path) throws IOException {
        List<Path> children;
        try (Stream<Path> entries = Files.list(path)) {
            children = Files.isSymbolicLink(path) ? List.of() : entries.toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            children = List.of();
        }
        for (Path child : children) {
            delete(child);
        }
        Files.deleteIfExists(path);
    }

    private static final class LocalInput implements Input {
        private final String path;
        private final FileChannel channel;

        LocalInput(String path, FileChannel channel) {
            this.path = path;
            this.channel = channel;
        }

        @Override
        public long length() throws IOException {
            return channel.size();
        }

        @Override
        public void readFully(long position, byte[] target, int offset, int length) throws IOException {
            readFully(position, ByteBuffer.wrap(target, offset, length));
        }

        @Override
        public void readFully(long position, ByteBuffer target) throws IOException {
            long end = position + target.remaining();
            while (target.hasRemaining()) {
                if (channel.read(target, end - target.remaining()) < 0) {
                    throw new EOFException(path + " ends before byte " + end);
                }
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class LocalOutput extends Output {
        private final FileChannel channel;

        LocalOutput(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            write(ByteBuffer.wrap(source, offset, length));
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        @Override
        public void sync() throws IOException {
            channel.force(true);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
