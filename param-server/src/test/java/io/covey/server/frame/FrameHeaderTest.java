package io.covey.server.frame;

import java.util.HexFormat;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class FrameHeaderTest {
    /** The wire format: changing it needs a new version. */
    private static final String BYTES = "01010100030000000807060504030201050000000900000020000000cdcccc3d";

    @Test
    void shouldWriteAndReadTheFixedLayout() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[FrameHeader.LENGTH]);
        FrameHeader.encode(
                buffer, 0, FrameHeader.GRADIENT, FrameHeader.LAST_STEP, 3, 0x0102030405060708L, 5, 9, 32, 0.1f);
        assertEquals(BYTES, HexFormat.of().formatHex(buffer.byteArray()));
        FrameHeader header = new FrameHeader().wrap(buffer, 0);
        assertEquals(FrameHeader.GRADIENT, header.type());
        assertEquals(FrameHeader.VERSION, header.version());
        assertTrue(header.isLastStep());
        assertEquals(3, header.epoch());
        assertEquals(0x0102030405060708L, header.step());
        assertEquals(5, header.node());
        assertEquals(9, header.chunk());
        assertEquals(32, header.samples());
        assertEquals(0.1f, header.learningRate());
    }

    @Test
    void shouldFitOneChunkIntoOneFrame() {
        for (int mtu : new int[] {1408, 8192, 65504}) {
            int floats = ChunkLength.forMtu(mtu);
            assertEquals(0, floats % 16);
            int unused = mtu - (floats * Float.BYTES + ChunkLength.FRAME_OVERHEAD);
            assertTrue(unused >= 0 && unused < 64, "mtu " + mtu + " leaves " + unused);
        }
    }
}
