package io.covey.trainer.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks a gzip file (RFC 1952) of one or more members up to its last byte, where {@link java.util.zip.GZIPInputStream} passes
 * over what follows the first member and is no other one. Not thread-safe.
 */
final class GzipInput extends InputStream {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int DEFLATE = 8;
    private static final int HEADER_CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    /** Modification time, extra flags and operating system. */
    private static final int UNUSED_BYTES = 6;

    private final PushbackInputStream in;
    private final CRC32 checksum = new CRC32();
    private long unpacked;
    private Member member;

    /** Begins to read; {@code source} stands at the first member's header. */
    GzipInput(InputStream source) throws IOException {
        in = new PushbackInputStream(source, BUFFER_BYTES);
        begin(next());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        while (member != null) {
            int count = member.read(target, offset, length);
            if (count >= 0) {
                checksum.update(target, offset, count);
                unpacked += count;
                return count;
            }
            end();
        }
        return -1;
    }

    private void begin(int first) throws IOException {
        if (first != 0x1f || next() != 0x8b) {
            throw new ZipException("what follows its end is not gzip");
        }
        if (next() != DEFLATE) {
            throw new ZipException("unknown compression method");
        }
        int flags = next();
        skip(UNUSED_BYTES);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        for (int text : new int[] {NAME, COMMENT}) {
            while ((flags & text) != 0 && next() != 0) {
                // Up to the zero at its end.
            }
        }
        if ((flags & HEADER_CHECKSUM) != 0) {
            skip(2);
        }
        checksum.reset();
        unpacked = 0;
        member = new Member(in);
    }

    private void end() throws IOException {
        member.giveBack();
        member = null;
        if (nextInt() != (int) checksum.getValue()) {
            throw new ZipException("wrong checksum");
        }
        if (nextInt() != (int) unpacked) {
            throw new ZipException("wrong length");
        }
        int first = in.read();
        if (first >= 0) {
            begin(first);
        }
    }

    private int nextInt() throws IOException {
        return next() | next() << 8 | next() << 16 | next() << 24;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private int next() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException("unexpected end");
        }
        return value;
    }

    @Override
    public void close() throws IOException {
        if (member != null) {
            member.release();
        }
        in.close();
    }

    /** The compressed bytes of one member. */
    private static final class Member extends InflaterInputStream {
        private final PushbackInputStream source;

        Member(PushbackInputStream source) {
            super(source, new Inflater(true), BUFFER_BYTES);
            this.source = source;
        }

        /** Returns the bytes after the member's end to the source. */
        void giveBack() throws IOException {
            int rest = inf.getRemaining();
            source.unread(buf, len - rest, rest);
            release();
        }

        void release() {
            inf.end();
        }
    }
}
