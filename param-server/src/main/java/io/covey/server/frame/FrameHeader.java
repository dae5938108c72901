package io.covey.server.frame;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Flyweight of the 32 bytes before the floats of a data frame, little endian:
 *
 * <pre>
 *  0 type u8 | 1 version u8 | 2 flags u16 | 4 membership epoch i32
 *  8 step i64
 * 16 tree node i32 | 20 chunk index i32
 * 24 samples i32   | 28 learning rate f32
 * </pre>
 */
public final class FrameHeader {
    /** Bytes before the floats. */
    public static final int LENGTH = 32;
    /** Version that this code writes and reads. */
    public static final int VERSION = 1;

    /** A chunk of the gradient sum of one tree node, from its worker to a shard. */
    public static final int GRADIENT = 1;
    /** A chunk of a shard's parameters after {@code step}, from the shard to all workers. */
    public static final int PARAMETERS = 2;
    /** A whole chunk of no meaning: worker number {@code node} receives the shard's parameter stream. */
    public static final int READY = 3;
    /** A chunk of optimizer slot number {@code node} after {@code step}, from a shard to its replica. */
    public static final int SLOT = 4;
    /** A whole chunk of no meaning, from the shard to all workers and to its replica: such frames reach them. */
    public static final int PROBE = 5;
    /** A part of the norms that server shard number {@code node} has summed up in {@code step}, to another shard. */
    public static final int NORMS = 7;
    /** No floats: worker number {@code node}, which contributes nothing, has all parameters after {@code step}. */
    public static final int TAKEN = 6;
    /** No floats: worker number {@code node} has contributed to all steps up to {@code step} and asks for parameters. */
    public static final int READ = 8;

    /** Flag: some worker wants {@code step} to be the last. */
    public static final int LAST_STEP = 1;
    /** Flag of a READ: answer when all workers have asked so after this step. */
    public static final int BARRIER = 2;

    private static final int TYPE_OFFSET = 0;
    private static final int VERSION_OFFSET = 1;
    private static final int FLAGS_OFFSET = 2;
    private static final int EPOCH_OFFSET = 4;
    private static final int STEP_OFFSET = 8;
    private static final int NODE_OFFSET = 16;
    private static final int CHUNK_OFFSET = 20;
    private static final int SAMPLES_OFFSET = 24;
    private static final int LEARNING_RATE_OFFSET = 28;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private DirectBuffer buffer;
    private int offset;

    /** Aims at a header of at least {@link #LENGTH} bytes. */
    public FrameHeader wrap(DirectBuffer newBuffer, int newOffset) {
        buffer = newBuffer;
        offset = newOffset;
        return this;
    }

    /** Writes a whole header. */
    public static void encode(
            MutableDirectBuffer buffer,
            int offset,
            int type,
            int flags,
            int epoch,
            long step,
            int node,
            int chunk,
            int samples,
            float learningRate) {
        buffer.putByte(offset + TYPE_OFFSET, (byte) type);
        buffer.putByte(offset + VERSION_OFFSET, (byte) VERSION);
        buffer.putShort(offset + FLAGS_OFFSET, (short) flags, ORDER);
        buffer.putInt(offset + EPOCH_OFFSET, epoch, ORDER);
        buffer.putLong(offset + STEP_OFFSET, step, ORDER);
        buffer.putInt(offset + NODE_OFFSET, node, ORDER);
        buffer.putInt(offset + CHUNK_OFFSET, chunk, ORDER);
        buffer.putInt(offset + SAMPLES_OFFSET, samples, ORDER);
        buffer.putFloat(offset + LEARNING_RATE_OFFSET, learningRate, ORDER);
    }

    public int type() {
        return Byte.toUnsignedInt(buffer.getByte(offset + TYPE_OFFSET));
    }

    public int version() {
        return Byte.toUnsignedInt(buffer.getByte(offset + VERSION_OFFSET));
    }

    public boolean isLastStep() {
        return has(LAST_STEP);
    }

    public boolean isBarrier() {
        return has(BARRIER);
    }

    private boolean has(int flag) {
        return (buffer.getShort(offset + FLAGS_OFFSET, ORDER) & flag) != 0;
    }

    /** Number of the membership that the sender belongs to. */
    public int epoch() {
        return buffer.getInt(offset + EPOCH_OFFSET, ORDER);
    }

    /** Global step. */
    public long step() {
        return buffer.getLong(offset + STEP_OFFSET, ORDER);
    }

    /** Reduction tree node of a gradient; rank of the worker of a READY, TAKEN or READ; index of a SLOT. */
    public int node() {
        return buffer.getInt(offset + NODE_OFFSET, ORDER);
    }

    /** Index of the chunk within the shard's range, or of the part of NORMS. */
    public int chunk() {
        return buffer.getInt(offset + CHUNK_OFFSET, ORDER);
    }

    /** Number of samples in a gradient sum. */
    public int samples() {
        return buffer.getInt(offset + SAMPLES_OFFSET, ORDER);
    }

    public float learningRate() {
        return buffer.getFloat(offset + LEARNING_RATE_OFFSET, ORDER);
    }
}
