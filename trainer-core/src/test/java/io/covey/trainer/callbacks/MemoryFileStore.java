package io.covey.trainer.callbacks;

import io.covey.trainer.checkpoint.FileStore;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** A file store in memory; a directory exists as long as a path begins with it. */
public final class MemoryFileStore implements FileStore {
    private final Map<String, byte[]> files = new ConcurrentSkipListMap<>();

    @Override
    public Input open(String path) throws IOException {
        byte[] bytes = existing(path);
        return new Input() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public void readFully(long position, byte[] target, int offset, int length) throws IOException {
                if (position + length > bytes.length) {
                    throw new EOFException(path);
                }
                System.arraycopy(bytes, (int) position, target, offset, length);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Output create(String path) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        return new Output() {
            @Override
            public void write(int b) {
                bytes.write(b);
            }

            @Override
            public void sync() {
                files.put(path, bytes.toByteArray());
            }

            @Override
            public void close() {
                sync();
            }
        };
    }

    @Override
    public void rename(String from, String to) throws IOException {
        files.put(to, existing(from));
        files.remove(from);
    }

    @Override
    public boolean exists(String path) {
        return files.containsKey(path) || !list(path).isEmpty();
    }

    @Override
    public List<String> list(String directory) {
        String prefix = directory + "/";
        return files.keySet().stream()
                .filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length()).replaceFirst("/.*", ""))
                .distinct()
                .toList();
    }

    @Override
    public void delete(String path) {
        files.keySet().removeIf(name -> name.equals(path) || name.startsWith(path + "/"));
    }

    private byte[] existing(String path) throws FileNotFoundException {
        byte[] bytes = files.get(path);
        if (bytes == null) {
            throw new FileNotFoundException(path);
        }
        return bytes;
    }
}
