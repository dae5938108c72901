package io.covey.server.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One data stream from one worker to one place. Both ends compute its Aeron session id and its keys from the job's secret, so
 * that who does not know the secret cannot name a session that is listened to.
 *
 * @param epoch of the membership
 * @param stream Aeron's stream id
 * @param sender number of the worker that publishes
 * @param destination where it publishes to; together with the others it names one publication
 */
public record DataSession(JobSecurity security, int epoch, int stream, int sender, String destination) {
    /** The Aeron session id. Senders to one stream and destination have different ones. */
    public int id() {
        return ByteBuffer.wrap(security.key("data session", place())).getInt() + sender;
    }

    /**
     * Encrypts this stream's frames.
     *
     * @param initialTermId of the publication: drawn at random by the driver, it tells this stream from one before it
     * @param frameLength longest frame in bytes
     */
    public FrameSealer sealer(int initialTermId, int frameLength) {
        return new FrameSealer(key(initialTermId), frameLength);
    }

    /** Decrypts this stream's frames. */
    public FrameOpener opener(int initialTermId, int frameLength) {
        return new FrameOpener(key(initialTermId), frameLength);
    }

    private byte[] key(int initialTermId) {
        ByteBuffer place = place();
        ByteBuffer context = ByteBuffer.allocate(2 * Integer.BYTES + place.remaining());
        context.putInt(sender).putInt(initialTermId).put(place);
        return security.key("data frames", context.flip());
    }

    private ByteBuffer place() {
        byte[] to = destination.getBytes(StandardCharsets.UTF_8);
        ByteBuffer place = ByteBuffer.allocate(2 * Integer.BYTES + to.length);
        return place.putInt(epoch).putInt(stream).put(to).flip();
    }
}
