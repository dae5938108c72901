package io.covey.trainer.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A file of a {@link FileStore} from its first byte to its last; closing it closes the file. Not thread-safe. */
public final class FileStoreInputStream extends InputStream {
    private final FileStore.Input input;
    private long position;

    public FileStoreInputStream(FileStore.Input input) {
        this.input = input;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        int count = (int) Math.min(length, input.length() - position);
        if (length > 0 && count <= 0) {
            return -1;
        }
        input.readFully(position, target, offset, count);
        position += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        input.close();
    }
}
