package io.covey.server.wire;

import io.covey.trainer.memory.NativeBlocks;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.wire.WireFormat;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Encodes pieces of a server shard's range in a {@link WireFormat}. The blocks are the same however the range is cut into pieces
 * at multiples of {@link WireFormat#BLOCK}, so that the bits do not depend on the length of frames. For one thread; allocates
 * nothing after its construction.
 */
public final class ChunkCodec {
    /** In place of an address: no residual. */
    public static final long NO_RESIDUAL = 0;

    private final WireFormat format;
    private final BlockCodec codec;
    private final BlockCodec plain = new Float32Codec();
    /** Where the kind of variables changes, ascending, counted from the start of the range; encoded ones come first. */
    private final long[] borders;

    private final NativeBlocks memory = new NativeBlocks();
    private final float[] values = new float[WireFormat.BLOCK];
    private final float[] decoded = new float[WireFormat.BLOCK];
    private final float[] carried = new float[WireFormat.BLOCK];
    private final byte[] bytes;

    /** @param maxLength longest piece in floats */
    public ChunkCodec(WireFormat format, ParameterLayout layout, ShardRange range, int maxLength) {
        this.format = format;
        this.codec = BlockCodec.of(format);
        this.borders = borders(layout.parameters(), range);
        this.bytes = new byte[maxLength * Float.BYTES];
    }

    private static long[] borders(List<ParameterSpec> parameters, ShardRange range) {
        long[] found = new long[2 * parameters.size()];
        int count = 0;
        for (ParameterSpec parameter : parameters) {
            if (!parameter.isTrainable()) {
                long from = clamp(parameter.offset(), range);
                long to = clamp(parameter.offset() + parameter.size(), range);
                if (from < to) {
                    found[count++] = from;
                    found[count++] = to;
                }
            }
        }
        return Arrays.copyOf(found, count);
    }

    private static long clamp(long offset, ShardRange range) {
        return Math.min(Math.max(offset - range.offset(), 0), range.length());
    }

    /** Number of bytes of the code of the floats [from, from + length) of the range; never more than as float32. */
    public int bytes(long from, int length) {
        int sum = 0;
        long end = from + length;
        for (long at = from; at < end; ) {
            int count = blockLength(at, end);
            sum += bytes(isEncoded(at, count), count);
            at += count;
        }
        return sum;
    }

    /**
     * Encodes the floats [from, from + length) of the range.
     *
     * @param source address of the first
     * @param residual address of the first float of what is added to them and then holds what the code leaves out, or
     *     {@link #NO_RESIDUAL}
     */
    public void encode(long from, int length, long source, long residual, MutableDirectBuffer target, int offset) {
        int done = 0;
        long end = from + length;
        for (long at = from; at < end; ) {
            int count = blockLength(at, end);
            done += encodeBlock(at, count, (at - from) * Float.BYTES, source, residual, done);
            at += count;
        }
        target.putBytes(offset, bytes, 0, done);
    }

    /**
     * Decodes what {@link #encode} has made of the floats [from, from + length) of the range.
     *
     * @param target address of the first
     */
    public void decode(long from, int length, DirectBuffer source, int offset, long target) {
        source.getBytes(offset, bytes, 0, bytes(from, length));
        int done = 0;
        long end = from + length;
        for (long at = from; at < end; ) {
            int count = blockLength(at, end);
            boolean encoded = isEncoded(at, count);
            (encoded ? codec : plain).decode(bytes, done, decoded, count);
            memory.write(target + (at - from) * Float.BYTES, decoded, count);
            done += bytes(encoded, count);
            at += count;
        }
    }

    /** What {@link #encode} and {@link #decode} do one after the other; {@code target} may be {@code source}. */
    public void roundTrip(long from, int length, long source, long residual, long target) {
        long end = from + length;
        for (long at = from; at < end; ) {
            int count = blockLength(at, end);
            long skipped = (at - from) * Float.BYTES;
            encodeBlock(at, count, skipped, source, residual, 0);
            if (residual == NO_RESIDUAL || !isEncoded(at, count)) {
                (isEncoded(at, count) ? codec : plain).decode(bytes, 0, decoded, count);
            }
            memory.write(target + skipped, decoded, count);
            at += count;
        }
    }

    /** Encodes one block to byte {@code to}; with a residual, leaves the decoded values. Returns the number of bytes. */
    private int encodeBlock(long at, int count, long skipped, long source, long residual, int to) {
        boolean encoded = isEncoded(at, count);
        memory.read(source + skipped, values, count);
        if (!encoded) {
            plain.encode(values, count, bytes, to);
        } else if (residual == NO_RESIDUAL) {
            codec.encode(values, count, bytes, to);
        } else {
            memory.read(residual + skipped, carried, count);
            for (int i = 0; i < count; i++) {
                values[i] += carried[i];
            }
            codec.encode(values, count, bytes, to);
            codec.decode(bytes, to, decoded, count);
            for (int i = 0; i < count; i++) {
                carried[i] = values[i] - decoded[i];
            }
            memory.write(residual + skipped, carried, count);
        }
        return bytes(encoded, count);
    }

    private int bytes(boolean encoded, int count) {
        return encoded ? format.bytes(count) : count * Float.BYTES;
    }

    /** Whether a block is worth encoding, and of variables that may be. */
    private boolean isEncoded(long at, int count) {
        return (bordersUpTo(at) & 1) == 0 && format.bytes(count) < count * Float.BYTES;
    }

    /** From {@code at} to the end of its block. */
    private int blockLength(long at, long end) {
        int border = bordersUpTo(at);
        long block = (at / WireFormat.BLOCK + 1) * WireFormat.BLOCK;
        return (int) (Math.min(Math.min(block, end), border < borders.length ? borders[border] : end) - at);
    }

    private int bordersUpTo(long at) {
        int found = Arrays.binarySearch(borders, at);
        if (found < 0) {
            return -found - 1;
        }
        // Two variables in a row: the border is there twice, which changes nothing.
        while (found < borders.length && borders[found] == at) {
            found++;
        }
        return found;
    }
}
