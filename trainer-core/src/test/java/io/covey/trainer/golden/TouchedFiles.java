package io.covey.trainer.golden;

import io.covey.trainer.callbacks.MemoryFileStore;
import io.covey.trainer.checkpoint.FileStore;
import java.io.IOException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Files in memory, and the names of those written since this was last asked. */
final class TouchedFiles implements FileStore {
    private final MemoryFileStore files = new MemoryFileStore();
    private final SortedSet<String> touched = new TreeSet<>();

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    List<String> takeTouched() {
        List<String> names = List.copyOf(touched);
        touched.clear();
        return names;
    }

    byte[] content(String path) throws IOException {
        try (Input input = open(path)) {
            byte[] bytes = new byte[(int) input.length()];
            input.readFully(0, bytes, 0, bytes.length);
            return bytes;
        }
    }

    @Override
    public Input open(String path) throws IOException {
        return files.open(path);
    }

    @Override
    public Output create(String path) {
        touched.add(name(path));
        return files.create(path);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        touched.remove(name(from));
        touched.add(name(to));
        files.rename(from, to);
    }

    @Override
    public boolean exists(String path) {
        return files.exists(path);
    }

    @Override
    public List<String> list(String directory) {
        return files.list(directory);
    }

    @Override
    public void delete(String path) {
        touched.remove(name(path));
        files.delete(path);
    }
}
