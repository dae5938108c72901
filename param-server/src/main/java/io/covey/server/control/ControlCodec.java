package io.covey.server.control;

import io.covey.server.control.codec.MessageHeaderDecoder;
import io.covey.server.control.codec.MessageHeaderEncoder;
import java.nio.FloatBuffer;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Turns messages of one direction into bytes and back. All processes of a job speak the same version of the schema. Not
 * thread-safe.
 *
 * @param <M> messages of this direction
 */
public abstract sealed class ControlCodec<M> permits CommandCodec, WorkerMessageCodec {
    /**
     * Hears of decoded messages.
     *
     * @param <M> messages of this direction
     */
    @FunctionalInterface
    public interface Receiver<M> {
        /**
         * A message has come.
         *
         * @param worker the worker that sent it, or that it is for
         * @param epoch of the membership that it belongs to
         */
        void onMessage(int worker, int epoch, M message);
    }

    final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    /** Bytes of the message decoded last, header included. */
    int decodedLength;

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final long session;

    ControlCodec(long session) {
        this.session = session;
    }

    /**
     * Writes a message to the start of {@code target}.
     *
     * @param worker the worker that sends it, or that it is for
     * @param epoch of the membership that it belongs to
     * @param target an expandable buffer
     * @return its length in bytes
     */
    public final int encode(int worker, int epoch, M message, MutableDirectBuffer target) {
        int length = encodeBody(message, target);
        headerEncoder.wrap(target, 0).session(session).worker(worker).epoch(epoch);
        return length;
    }

    /**
     * Reads a message. One of another run is dropped.
     *
     * @throws ControlProtocolException when it is of another version, unknown, cut short or garbled
     */
    public final void decode(DirectBuffer source, int offset, int length, Receiver<? super M> receiver) {
        if (length < MessageHeaderDecoder.ENCODED_LENGTH) {
            throw new ControlProtocolException(
                    "control message of " + length + " bytes, the header alone takes "
                            + MessageHeaderDecoder.ENCODED_LENGTH,
                    null);
        }
        view.wrap(source, offset, length);
        headerDecoder.wrap(view, 0);
        if (headerDecoder.schemaId() != MessageHeaderDecoder.SCHEMA_ID
                || headerDecoder.version() != MessageHeaderDecoder.SCHEMA_VERSION) {
            throw new ControlProtocolException(
                    "control message " + describe() + ", this process speaks schema " + MessageHeaderDecoder.SCHEMA_ID
                            + " version " + MessageHeaderDecoder.SCHEMA_VERSION
                            + ": all processes of a job must run the same version of Covey",
                    null);
        }
        if (headerDecoder.session() == session) {
            int worker = headerDecoder.worker();
            int epoch = headerDecoder.epoch();
            receiver.onMessage(worker, epoch, decodeChecked(length));
        }
    }

    private M decodeChecked(int length) {
        M message;
        try {
            message = decodeBody(view, headerDecoder.templateId());
        } catch (IndexOutOfBoundsException | IllegalArgumentException | IllegalStateException e) {
            throw new ControlProtocolException(
                    "control message " + describe() + " of " + length + " bytes is cut short or garbled: "
                            + e.getMessage(),
                    e);
        }
        if (decodedLength != length) {
            throw new ControlProtocolException(
                    "control message " + describe() + " is garbled: it has " + length + " bytes, its fields "
                            + decodedLength,
                    null);
        }
        return message;
    }

    final ControlProtocolException unknownTemplate() {
        return new ControlProtocolException("control message " + describe() + " is not known here", null);
    }

    /** Checks a group before its entries are read: the count is what the sender says, the frame's length is what it is. */
    final void requireGroup(int count, int actingBlockLength, int blockLength, int entryLength, int limit) {
        if (actingBlockLength != blockLength || (long) count * entryLength > view.capacity() - limit) {
            throw new IllegalArgumentException("a group of " + count + " entries does not fit");
        }
    }

    /** Reads a text, after a check that all of it is there. */
    final String text(int length, int limit, Supplier<String> reader) {
        if (length > view.capacity() - limit) {
            throw new IllegalArgumentException("a text of " + length + " bytes does not fit");
        }
        return reader.get();
    }

    /** Reads floats, after a check that all of them are there. */
    final FloatBuffer floats(int length, int limit, FloatsReader reader) {
        if (length > view.capacity() - limit) {
            throw new IllegalArgumentException("floats of " + length + " bytes do not fit");
        }
        byte[] bytes = new byte[length];
        reader.read(bytes, 0, length);
        return FloatsCodec.decode(bytes);
    }

    /** A generated decoder's method for variable data. */
    @FunctionalInterface
    interface FloatsReader {
        int read(byte[] target, int offset, int length);
    }

    private String describe() {
        return "with template " + headerDecoder.templateId() + ", schema " + headerDecoder.schemaId() + " version "
                + headerDecoder.version();
    }

    /** Encodes header and body at 0, returns the message's length. */
    abstract int encodeBody(M message, MutableDirectBuffer target);

    /** Decodes the message at 0 and sets {@link #decodedLength}. */
    abstract M decodeBody(DirectBuffer source, int templateId);
}
