package io.covey.server.security;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class DataSessionTest {
    private static final int LENGTH = 200;
    private static final int OFFSET = 64;
    private static final int TERM_ID = 9;
    private static final long POSITION = 1 << 20;

    private final JobSecurity security = new JobSecurity(JobSecret.random(), true);
    private final DataSession session = new DataSession(security, 1, 5097, 3, "10.0.0.2:4000");

    @Test
    void shouldAgreeOnSessionsAndTellThemApart() {
        assertEquals(session.id(), new DataSession(security, 1, 5097, 3, "10.0.0.2:4000").id());
        Set<Integer> ids = new HashSet<>();
        for (int sender = 0; sender < 1000; sender++) {
            ids.add(new DataSession(security, 1, 5097, sender, "10.0.0.2:4000").id());
        }
        assertEquals(1000, ids.size());
        assertNotEquals(session.id(), new DataSession(JobSecurity.random(), 1, 5097, 3, "10.0.0.2:4000").id());
    }

    @Test
    void shouldOpenAFrameAtItsOwnPlaceOnly() {
        UnsafeBuffer log = sealed();
        FrameOpener opener = session.opener(TERM_ID, LENGTH);
        int sealedLength = LENGTH + FrameSealer.TAG_LENGTH;
        assertEquals(LENGTH, opener.open(log, OFFSET, sealedLength, POSITION));
        for (int i = 0; i < LENGTH; i++) {
            assertEquals((byte) i, opener.plain().getByte(i));
        }
        assertEquals(-1, opener.open(log, OFFSET, sealedLength, POSITION + 32), "replayed elsewhere");
        assertEquals(-1, opener.open(log, OFFSET, sealedLength - 1, POSITION), "cut");
        assertEquals(-1, opener.open(log, OFFSET, 3, POSITION), "shorter than a tag");
        assertEquals(-1, opener.open(log, OFFSET, 2 * sealedLength, POSITION), "longer than any frame");
        assertEquals(-1, session.opener(TERM_ID + 1, LENGTH).open(log, OFFSET, sealedLength, POSITION), "log before");
        DataSession[] strangers = {
            new DataSession(new JobSecurity(JobSecret.random(), true), 1, 5097, 3, "10.0.0.2:4000"),
            new DataSession(security, 2, 5097, 3, "10.0.0.2:4000"),
            new DataSession(security, 1, 5098, 3, "10.0.0.2:4000"),
            new DataSession(security, 1, 5097, 4, "10.0.0.2:4000"),
            new DataSession(security, 1, 5097, 3, "10.0.0.2:4001")
        };
        for (DataSession stranger : strangers) {
            FrameOpener other = stranger.opener(TERM_ID, LENGTH);
            assertEquals(-1, other.open(log, OFFSET, sealedLength, POSITION), stranger::toString);
        }
    }

    @Test
    void shouldRefuseAFrameOfWhichAnyBitWasChanged() {
        UnsafeBuffer log = sealed();
        FrameOpener opener = session.opener(TERM_ID, LENGTH);
        int sealedLength = LENGTH + FrameSealer.TAG_LENGTH;
        for (int bit = 0; bit < sealedLength * Byte.SIZE; bit++) {
            int index = OFFSET + bit / Byte.SIZE;
            byte whole = log.getByte(index);
            log.putByte(index, (byte) (whole ^ 1 << bit % Byte.SIZE));
            assertEquals(-1, opener.open(log, OFFSET, sealedLength, POSITION));
            log.putByte(index, whole);
        }
        assertTrue(opener.open(log, OFFSET, sealedLength, POSITION) > 0);
    }

    private UnsafeBuffer sealed() {
        FrameSealer sealer = session.sealer(TERM_ID, LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            sealer.plain().putByte(i, (byte) i);
        }
        // A part of a larger mapping, as a term is of a log.
        UnsafeBuffer log = new UnsafeBuffer(ByteBuffer.allocateDirect(1024), 128, 800);
        sealer.seal(LENGTH, log, OFFSET, POSITION);
        return log;
    }
}
