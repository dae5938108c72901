package io.covey.trainer.memory;

import io.covey.trainer.CoveyException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A fixed-length float32 vector in 64-byte-aligned native memory, so that oneDNN, BLAS and Aeron reach it without copies.
 *
 * <p>Not thread-safe: callers order their accesses. A {@link #slice} shares the memory of its parent and does not own it.
 * Zeroed on allocation.
 */
public final class NativeFloats implements AutoCloseable {
    /** Alignment of the first element, in bytes: a cache line and an AVX-512 register. */
    public static final int ALIGNMENT = 64;

    private static final int LINES_PER_PAGE = 64;
    /** So that every few vectors in a row, and every second of them, lie far from each other in a page. */
    private static final int LINES_APART = 25;

    private static final int FILL_BLOCK = 1 << 12;
    private static final int MIN_STAGGERED = 1 << 14;
    private static final AtomicInteger ALLOCATIONS = new AtomicInteger();

    private final FloatPointer owned;
    private final NativeAddress view;
    private final long length;

    private NativeFloats(FloatPointer owned, long address, long length) {
        this.owned = owned;
        this.length = length;
        this.view = new NativeAddress(address, length);
    }

    /**
     * Allocates a zeroed vector.
     *
     * @param length number of floats, at least 0
     * @throws CoveyException a failure when there is not so much memory
     */
    public static NativeFloats allocate(long length) {
        if (length < 0) {
            throw new IllegalArgumentException("length " + length + " is negative");
        }
        NativeFloats floats = allocateUnset(length);
        Pointer.memset(floats.view, 0, length * Float.BYTES);
        return floats;
    }

    /**
     * Reserves a vector whose numbers are anything: until it is written to, it takes addresses but hardly memory.
     *
     * @param length number of floats, at least 0
     * @throws CoveyException a failure when there is not so much memory
     */
    public static NativeFloats allocateUnset(long length) {
        NativeLibraries.loadBlas();
        // Large vectors would all begin at one place of a page, and their equal elements share few sets of the caches.
        int lines = length < MIN_STAGGERED ? 0 : ALLOCATIONS.getAndIncrement() * LINES_APART % LINES_PER_PAGE;
        int offset = Math.abs(lines) * ALIGNMENT;
        FloatPointer memory = reserve(length + (offset + ALIGNMENT) / Float.BYTES);
        long address = ((memory.address() + ALIGNMENT - 1) & -ALIGNMENT) + offset;
        return new NativeFloats(memory, address, length);
    }

    /** As an error of the JVM it would end the process, and what it is would be in no message. */
    private static FloatPointer reserve(long floats) {
        try {
            return new FloatPointer(floats);
        } catch (OutOfMemoryError e) {
            CoveyException failure = CoveyException.failure(String.format(
                    Locale.ROOT,
                    "the machine has no %,d MB of memory outside the heap for a vector of %,d floats: take a smaller"
                            + " model or batch, fewer workers and lanes on a host, or a host with more memory",
                    (floats * Float.BYTES) >> 20,
                    floats));
            // Spark ends the process of a task whose exception has such an error among its causes.
            failure.addSuppressed(e);
            throw failure;
        }
    }

    /** The elements [offset, offset + length) of this vector, sharing its memory. */
    public NativeFloats slice(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, this.length);
        return new NativeFloats(null, address() + offset * Float.BYTES, length);
    }

    /** Number of floats. */
    public long length() {
        return length;
    }

    /** Native address of the first element. */
    public long address() {
        return view.address();
    }

    /** Native address of element {@code index}. */
    public long address(long index) {
        return address() + index * Float.BYTES;
    }

    /** A JavaCPP pointer to the first element; it does not own the memory. */
    public FloatPointer pointer() {
        return view;
    }

    /** A buffer on elements [offset, offset + length), in native byte order, sharing the memory. */
    public FloatBuffer buffer(long offset, int length) {
        Objects.checkFromIndexSize(offset, length, this.length);
        return new NativeAddress(address(offset), length).asBuffer();
    }

    /** The memory of elements [offset, offset + length): their bytes in the machine's order. */
    public ByteBuffer bytes(long offset, int length) {
        Objects.checkFromIndexSize(offset, length, this.length);
        if (length == 0) {
            return ByteBuffer.allocate(0); // JavaCPP takes a limit of 0 for none.
        }
        return new NativeAddress(address(offset), length).asByteBuffer();
    }

    /**
     * The bytes of elements [offset, offset + length) as files have them: the memory itself where the machine's byte order is
     * that, else a copy.
     */
    public ByteBuffer littleEndianBytes(long offset, int length) {
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            return bytes(offset, length);
        }
        ByteBuffer copy = ByteBuffer.allocate(Math.multiplyExact(length, Float.BYTES));
        copy.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(buffer(offset, length));
        return copy;
    }

    /** A buffer on the whole vector; vectors over 2^31 - 1 floats must be taken in pieces. */
    public FloatBuffer buffer() {
        return buffer(0, Math.toIntExact(length));
    }

    /** Copies {@code source} to [offset, offset + source.length). */
    public void put(long offset, float[] source) {
        buffer(offset, source.length).put(source);
    }

    /** Copies [offset, offset + length) into a new array. */
    public float[] get(long offset, int length) {
        float[] copy = new float[length];
        buffer(offset, length).get(copy);
        return copy;
    }

    /** Sets every element to {@code value}. */
    public void fill(float value) {
        if (Float.floatToRawIntBits(value) == 0) {
            zero();
            return;
        }
        float[] block = new float[(int) Math.min(length, FILL_BLOCK)];
        Arrays.fill(block, value);
        for (long done = 0; done < length; done += block.length) {
            int part = (int) Math.min(block.length, length - done);
            buffer(done, part).put(block, 0, part);
        }
    }

    /** Sets every element to zero. */
    public void zero() {
        Pointer.memset(view, 0, length * Float.BYTES);
    }

    /** Frees the memory if this vector owns it. Idempotent. */
    @Override
    public void close() {
        if (owned != null) {
            owned.close();
        }
    }
}
