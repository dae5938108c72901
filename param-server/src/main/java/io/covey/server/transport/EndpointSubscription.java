package io.covey.server.transport;

import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.FragmentHandler;
import java.util.function.Consumer;

/** What arrives for one stream at this node: from peers on the same host by IPC, from others by UDP. One thread polls. */
public final class EndpointSubscription implements AutoCloseable {
    private final Subscription ipc;
    private final Subscription udp;
    private final Runnable wakeDriver;
    private final Consumer<Image> addImage = this::add;
    private long read;
    private int termBufferLength;
    private long readWhenWoken;

    /**
     * Reads both.
     *
     * @param wakeDriver has the driver of {@code ipc} move the publishers' windows
     */
    EndpointSubscription(Subscription ipc, Subscription udp, Runnable wakeDriver) {
        this.ipc = ipc;
        this.udp = udp;
        this.wakeDriver = wakeDriver;
    }

    /** Hands up to {@code fragmentLimit} fragments per medium to {@code handler}; returns how many. */
    public int poll(FragmentHandler handler, int fragmentLimit) {
        return afterRead(ipc.poll(handler, fragmentLimit)) + udp.poll(handler, fragmentLimit);
    }

    /** As {@link #poll}; the handler says what becomes of each fragment. */
    public int controlledPoll(ControlledFragmentHandler handler, int fragmentLimit) {
        return afterRead(ipc.controlledPoll(handler, fragmentLimit)) + udp.controlledPoll(handler, fragmentLimit);
    }

    /** Has the window, half a term, moved before the publisher has used it up. */
    private int afterRead(int fragments) {
        if (fragments > 0) {
            read = 0;
            termBufferLength = Integer.MAX_VALUE;
            // Not by index: Aeron's own thread takes images away meanwhile. Nor as a list, which would be a new one.
            ipc.forEachImage(addImage);
            if (Math.abs(read - readWhenWoken) >= termBufferLength / 4) {
                readWhenWoken = read;
                wakeDriver.run();
            }
        }
        return fragments;
    }

    private void add(Image image) {
        read += image.position();
        termBufferLength = Math.min(termBufferLength, image.termBufferLength());
    }

    /** Number of publications that arrive here. */
    public int imageCount() {
        return ipc.imageCount() + udp.imageCount();
    }

    /** Whether the publication with this session still arrives here. */
    public boolean hasImage(int sessionId) {
        return isOpen(ipc.imageBySessionId(sessionId)) || isOpen(udp.imageBySessionId(sessionId));
    }

    private static boolean isOpen(Image image) {
        return image != null && !image.isClosed();
    }

    /** Whether nothing can arrive any more. */
    public boolean isClosed() {
        return ipc.isClosed();
    }

    @Override
    public void close() {
        ipc.close();
        udp.close();
    }
}
