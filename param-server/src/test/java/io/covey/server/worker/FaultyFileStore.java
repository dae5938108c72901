package io.covey.server.worker;

import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The local disk, until it is told to be full or to hang. */
final class FaultyFileStore implements FileStore {
    private final FileStore disk = new LocalFileStore();
    /** Files whose path holds this cannot be created; null for none. */
    volatile String full;
    /** Files whose path holds this are created when {@link #released} opens; null for none. */
    volatile String hanging;

    final CountDownLatch released = new CountDownLatch(1);

    @Override
    public Output create(String path) throws IOException {
        if (full != null && path.contains(full)) {
            throw new IOException("No space left on device");
        }
        if (hanging != null && path.contains(hanging)) {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        return disk.create(path);
    }

    @Override
    public Input open(String path) throws IOException {
        return disk.open(path);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public boolean exists(String path) throws IOException {
        return disk.exists(path);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void delete(String path) throws IOException {
        disk.delete(path);
    }
}
