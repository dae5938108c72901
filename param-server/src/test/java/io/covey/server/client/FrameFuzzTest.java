package io.covey.server.client;

import com.sun.management.ThreadMXBean;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import io.covey.server.Mutations;
import io.covey.server.Oracle;
import io.covey.server.client.Workers.Medium;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.DroppedFrames;
import io.covey.server.frame.FrameGuard;
import io.covey.server.frame.FrameHeader;
import io.covey.server.membership.Topology;
import io.covey.server.security.DataSession;
import io.covey.server.security.FrameSealer;
import io.covey.server.security.JobSecret;
import io.covey.server.security.JobSecurity;
import io.covey.server.shard.ShardAccess;
import io.covey.server.shard.ShardServer;
import io.covey.server.wire.ChunkCodec;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.wire.WireFormat;
import io.covey.trainer.wire.WireFormats;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Mutated data frames: counted and dropped, without an exception and without memory of their own. */
@Timeout(300)
class FrameFuzzTest {
    private static final long SEED = 51;
    private static final int MUTATIONS = 1_000_000;
    private static final int CHUNK = 96;
    private static final ParameterLayout LAYOUT = Workers.layout(1_000);
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int LENGTH = FrameHeader.LENGTH + CHUNK * Float.BYTES;
    /** For all frames together: the virtual machine's own, and log lines. */
    private static final long ALLOCATION = 4 << 20;

    private final Random random = new Random(SEED);
    private final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(6 * LENGTH));
    private final UnsafeBuffer aeronFrame = new UnsafeBuffer(new byte[32]);
    private final Header header = new Header(0, 20).buffer(aeronFrame);

    @Test
    void shouldDropMutatedGradients() throws Exception {
        try (Workers cluster = new Workers(
                Medium.IPC, 2, List.of(0), Topology.contiguous(2, 2), LAYOUT, CHUNK, TIMEOUT_NS, TIMEOUT_NS)) {
            Oracle oracle = new Oracle(SEED, (int) LAYOUT.length(), 2);
            cluster.all((worker, client) -> {
                ParameterServerClientTest.initialise(client, oracle.weights());
                return true;
            });
            ShardServer shard =
                    (ShardServer) cluster.clients.get(0).hostedShards().get(0);
            fuzz(ShardAccess.frames(shard), FrameHeader.GRADIENT);
            DroppedFrames dropped = cluster.clients.get(0).droppedFrames();
            assertTrue(dropped.malformed() > MUTATIONS / 4, dropped::toString);
        }
    }

    @Test
    void shouldDropMutatedParameters() {
        DroppedFrames dropped = new DroppedFrames();
        ChunkedRange range = new ChunkedRange(LAYOUT.cut(1).get(0), CHUNK);
        try (NativeFloats parameters = NativeFloats.allocate(LAYOUT.length())) {
            AeronParameterReceiver receiver =
                    new AeronParameterReceiver(range, 0, null, parameters, null, null, dropped);
            fuzz(receiver::onFragment, FrameHeader.PARAMETERS);
        }
        assertTrue(dropped.malformed() > MUTATIONS / 4, dropped::toString);
    }

    /** Encoded frames whose bytes are noise give some numbers, of a chunk's length, or are dropped. */
    @ParameterizedTest
    @MethodSource("io.covey.server.client.WireExchangeTest#formats")
    void shouldDropOrBoundMutatedEncodedFrames(WireFormats wire) throws Exception {
        ParameterLayout layout = Workers.layout(3 * WireFormat.BLOCK);
        try (Workers cluster = new Workers(
                Medium.IPC,
                2,
                List.of(0),
                List.of(Topology.NONE),
                Topology.contiguous(2, 2),
                layout,
                new Sgd(0.01),
                wire,
                WireFormat.BLOCK,
                TIMEOUT_NS,
                TIMEOUT_NS,
                JobSecurity.random())) {
            Oracle oracle = new Oracle(SEED, (int) layout.length(), 2);
            cluster.all((worker, client) -> {
                ParameterServerClientTest.initialise(client, oracle.weights());
                return true;
            });
            int frames = MUTATIONS / 10;
            ShardServer shard =
                    (ShardServer) cluster.clients.get(0).hostedShards().get(0);
            fuzz(
                    ShardAccess.frames(shard),
                    FrameHeader.GRADIENT,
                    wire.gradients().bytes(WireFormat.BLOCK),
                    frames);
            assertTrue(cluster.clients.get(0).droppedFrames().malformed() > frames / 4, wire::toString);
        }
        DroppedFrames dropped = new DroppedFrames();
        ChunkedRange range = new ChunkedRange(layout.cut(1).get(0), WireFormat.BLOCK);
        ChunkCodec codec = new ChunkCodec(wire.parameters(), layout, range.range(), WireFormat.BLOCK);
        try (NativeFloats parameters = NativeFloats.allocate(layout.length())) {
            AeronParameterReceiver receiver =
                    new AeronParameterReceiver(range, 0, null, parameters, codec, null, dropped);
            int frames = MUTATIONS / 10;
            fuzz(receiver::onFragment, FrameHeader.PARAMETERS, wire.parameters().bytes(WireFormat.BLOCK), frames);
            assertTrue(dropped.malformed() > frames / 4, dropped::toString);
        }
    }

    @Test
    void shouldDropMutatedSlots() {
        DroppedFrames dropped = new DroppedFrames();
        ChunkedRange range = new ChunkedRange(LAYOUT.cut(1).get(0), CHUNK);
        // Slot 2 of the frames is the last of three.
        try (SlotReceiver receiver = SlotReceiver.of(range, 3, 0, null, dropped)) {
            fuzz(receiver::onFragment, FrameHeader.SLOT);
        }
        assertTrue(dropped.malformed() > MUTATIONS / 4, dropped::toString);
    }

    @Test
    void shouldDropMutatedCiphertext() {
        DataSession session = new DataSession(new JobSecurity(JobSecret.random(), true), 0, 1000, 1, "here");
        DroppedFrames dropped = new DroppedFrames();
        int[] passed = {0};
        FrameGuard guard = new FrameGuard(
                (buffer, offset, length, aeronHeader) -> {
                    passed[0]++;
                    return ControlledFragmentHandler.Action.CONTINUE;
                },
                List.of(session),
                LENGTH,
                dropped);
        FrameSealer sealer = session.sealer(0, LENGTH);
        aeronFrame.putInt(12, session.id(), ByteOrder.LITTLE_ENDIAN);
        int frames = MUTATIONS / 10;
        long position = 0;
        for (int i = 0; i < frames; i++) {
            encode(sealer.plain(), FrameHeader.GRADIENT);
            aeronFrame.putInt(0, LENGTH, ByteOrder.LITTLE_ENDIAN);
            position = header.offset(0).position() + i * 512L;
            aeronFrame.putInt(20, i, ByteOrder.LITTLE_ENDIAN);
            sealer.seal(LENGTH, frame, 0, header.position());
            int length = Mutations.mutate(frame, LENGTH + FrameSealer.TAG_LENGTH, random);
            guard.onFragment(frame, 0, length, header);
        }
        assertTrue(position > 0);
        assertEquals(frames, dropped.tampered() + passed[0]);
        // A mutation may put a byte where the same byte was.
        assertTrue(passed[0] < frames / 50, passed[0] + " passed, seed " + SEED);
    }

    private void fuzz(ControlledFragmentHandler handler, int type) {
        fuzz(handler, type, CHUNK * Float.BYTES, MUTATIONS);
    }

    /** @param bytes length of the numbers, which begin as noise */
    private void fuzz(ControlledFragmentHandler handler, int type, int bytes, int frames) {
        byte[] noise = new byte[bytes];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        for (int i = 0; i < frames; i++) {
            encode(frame, type);
            random.nextBytes(noise);
            frame.putBytes(FrameHeader.LENGTH, noise);
            int length = Mutations.mutate(frame, FrameHeader.LENGTH + bytes, random);
            // A step to come, or another learning rate in this step, is an error of the run and no noise.
            boolean past = frame.getLong(8, ByteOrder.LITTLE_ENDIAN) < 0;
            frame.putLong(8, past ? -1 : 0, ByteOrder.LITTLE_ENDIAN);
            frame.putFloat(28, past ? frame.getFloat(28) : Oracle.LEARNING_RATE, ByteOrder.LITTLE_ENDIAN);
            long before = threads.getCurrentThreadAllocatedBytes();
            handler.onFragment(frame, 0, length, header);
            allocated += threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertTrue(allocated < ALLOCATION, allocated + " bytes, seed " + SEED);
    }

    private void encode(UnsafeBuffer target, int type) {
        FrameHeader.encode(target, 0, type, 0, 0, 0, 2, random.nextInt(11), 1, Oracle.LEARNING_RATE);
    }
}
