package io.covey.trainer.tensorboard;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileProblem;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.MaskedCrc32c;
import io.covey.trainer.checkpoint.WireWriter;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Appends events to a file of its own in a log directory, in TFRecord framing: length, masked CRC-32C of the length, data,
 * masked CRC-32C of the data. Not thread-safe.
 */
public final class EventFileWriter implements AutoCloseable {
    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static final String FILE_VERSION = "brain.Event:2";
    private static final String WRITER = "covey";
    private static final double NANOS = 1e9;

    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SOURCE_METADATA = 10;

    private final InstantSource clock;
    private final String path;
    private final FileStore.Output output;

    /**
     * Creates a file with a new name and writes its head.
     *
     * @param directory made if it does not exist
     * @param clock gives events their wall time
     * @throws CoveyException when the file cannot be written
     */
    public EventFileWriter(FileStore files, String directory, InstantSource clock) {
        this.clock = clock;
        this.path = directory + "/"
                + String.format(
                        Locale.ROOT,
                        "events.out.tfevents.%010d.%s.%d.%d.v2",
                        clock.instant().getEpochSecond(),
                        host(),
                        ProcessHandle.current().pid(),
                        COUNTER.getAndIncrement());
        try {
            this.output = files.create(path);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        record(event(0).stringField(VERSION, FILE_VERSION)
                .messageField(SOURCE_METADATA, new WireWriter().stringField(1, WRITER)));
    }

    private static String host() {
        String host = System.getenv("HOSTNAME");
        return host == null || host.isBlank() ? "localhost" : host;
    }

    /** The file's path. */
    public String path() {
        return path;
    }

    /** Adds an event with one summary. */
    public void write(long step, Summary summary) {
        record(event(step).messageField(SUMMARY, new WireWriter().messageField(1, summary.value())));
    }

    private WireWriter event(long step) {
        Instant now = clock.instant();
        double wallTime = now.getEpochSecond() + now.getNano() / NANOS;
        return new WireWriter()
                .fixed64Field(WALL_TIME, Double.doubleToRawLongBits(wallTime))
                .varintField(STEP, step);
    }

    private void record(WireWriter event) {
        byte[] data = event.toByteArray();
        byte[] length = new WireWriter().fixed64(data.length).toByteArray();
        WireWriter framed = new WireWriter()
                .bytes(length)
                .fixed32(MaskedCrc32c.of(length, 0, length.length))
                .bytes(data)
                .fixed32(MaskedCrc32c.of(data, 0, data.length));
        try {
            output.write(framed.toByteArray());
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** Makes what was written visible to readers, and durable. */
    public void flush() {
        try {
            output.flush();
            output.sync();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    @Override
    public void close() {
        flush();
        try {
            output.close();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private CoveyException cannotWrite(IOException e) {
        return CoveyException.failure("cannot write event file " + path + ": " + FileProblem.of(e), e);
    }
}
