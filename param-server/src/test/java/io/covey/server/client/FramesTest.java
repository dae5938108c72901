package io.covey.server.client;

import io.aeron.logbuffer.Header;
import io.covey.server.Await;
import io.covey.server.Oracle;
import io.covey.server.client.Workers.Medium;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.DroppedFrames;
import io.covey.server.frame.FrameHeader;
import io.covey.server.membership.Topology;
import io.covey.server.shard.ShardAccess;
import io.covey.server.shard.ShardServer;
import io.covey.trainer.CoveyException;
import io.covey.trainer.model.ParameterLayout;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Frames that no worker should have sent, handed to a shard of a job that runs as if its peer had sent them. */
@Timeout(300)
class FramesTest {
    private static final int CHUNK = 480;
    private static final ParameterLayout LAYOUT = Workers.layout(4_000);
    /** Two leaves, one per worker: nodes 1 and 2 of the tree. */
    private static final int NODE_OF_WORKER_1 = 2;

    private static final long SEED = 99;
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    private final Oracle oracle = new Oracle(SEED, (int) LAYOUT.length(), 2);
    private final Header header = new Header(0, 0).buffer(new UnsafeBuffer(new byte[32]));
    private final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(8192));

    @Test
    void shouldDropDuplicatesAndStrangersFramesWithTheSameBits() throws Exception {
        try (Workers cluster = running()) {
            ParameterServerClient host = cluster.clients.get(0);
            float[] gradient = oracle.gradient(0, NODE_OF_WORKER_1);
            int samples = oracle.samples(0, NODE_OF_WORKER_1);
            // The chunk that worker 1 sends first, the last one, twice before it does so; one of another epoch, one of
            // a past
            // step.
            ChunkedRange range = new ChunkedRange(LAYOUT.cut(1).get(0), CHUNK);
            int chunk = range.chunks() - 1;
            int floats = range.length(chunk);
            for (int i = 0; i < floats; i++) {
                frame.putFloat(FrameHeader.LENGTH + i * Float.BYTES, gradient[(int) range.start(chunk) + i]);
            }
            encode(0, 0, NODE_OF_WORKER_1, chunk, samples);
            offer(cluster, floats);
            offer(cluster, floats);
            encode(3, 0, NODE_OF_WORKER_1, chunk, samples);
            offer(cluster, floats);
            encode(0, -1, NODE_OF_WORKER_1, chunk, samples);
            offer(cluster, floats);
            pollUntil(cluster, () -> host.droppedFrames().stale() == 2);
            assertEquals(
                    "0 malformed, 2 stale, 1 duplicate, 0 unbound, 0 tampered",
                    host.droppedFrames().toString());
            List<float[]> weights = cluster.all((worker, client) -> {
                ParameterServerClientTest.train(client, cluster.topology, worker, oracle, 0, false);
                return client.parameters().get(0, (int) LAYOUT.length());
            });
            oracle.apply(0);
            assertArrayEquals(oracle.weights(), weights.get(0));
            assertArrayEquals(oracle.weights(), weights.get(1));
            assertEquals(
                    "0 malformed, 2 stale, 2 duplicate, 0 unbound, 0 tampered",
                    host.droppedFrames().toString());
        }
    }

    @Test
    void shouldCountAndDropMalformedFrames() throws Exception {
        try (Workers cluster = running()) {
            ParameterServerClient host = cluster.clients.get(0);
            int chunks = new ChunkedRange(LAYOUT.cut(1).get(0), CHUNK).chunks();
            int sent = 0;
            // Too short for a header.
            for (int length = 1; length < FrameHeader.LENGTH; length += 5) {
                offerBytes(cluster, length);
                sent++;
            }
            for (int chunk : new int[] {-1, chunks, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                encode(0, 0, NODE_OF_WORKER_1, chunk, 1);
                offer(cluster, CHUNK);
                sent++;
            }
            for (int node : new int[] {-1, 0, 3, Integer.MAX_VALUE}) {
                encode(0, 0, node, 0, 1);
                offer(cluster, CHUNK);
                sent++;
            }
            encode(0, 0, NODE_OF_WORKER_1, 0, -1);
            offer(cluster, CHUNK);
            encode(0, 0, NODE_OF_WORKER_1, 0, 1);
            offer(cluster, CHUNK - 1);
            offer(cluster, 0);
            frame.putByte(1, (byte) (FrameHeader.VERSION + 1));
            offer(cluster, CHUNK);
            encode(0, 0, NODE_OF_WORKER_1, 0, 1);
            frame.putByte(0, (byte) 77);
            offer(cluster, CHUNK);
            FrameHeader.encode(frame, 0, FrameHeader.READY, 0, 0, 0, 2, 0, 0, 0f);
            offer(cluster, 0);
            sent += 6;
            int expected = sent;
            pollUntil(cluster, () -> host.droppedFrames().malformed() >= expected);
            assertEquals(expected, host.droppedFrames().malformed());
        }
    }

    @Test
    void shouldSurviveRandomHeaders() throws Exception {
        Random random = new Random(SEED);
        try (Workers cluster = running()) {
            ParameterServerClient host = cluster.clients.get(0);
            int frames = 3_000;
            for (int i = 0; i < frames; i++) {
                byte[] noise = new byte[FrameHeader.LENGTH];
                random.nextBytes(noise);
                frame.putBytes(0, noise);
                // Half of them nearly right. The step is never one to come: that alone is an error, not noise.
                frame.putByte(0, random.nextBoolean() ? FrameHeader.GRADIENT : noise[0]);
                frame.putByte(1, random.nextBoolean() ? FrameHeader.VERSION : noise[1]);
                frame.putLong(8, -1 - random.nextInt(5));
                int length = random.nextInt(FrameHeader.LENGTH + CHUNK * Float.BYTES);
                offerBytes(cluster, length);
            }
            DroppedFrames dropped = host.droppedFrames();
            pollUntil(cluster, () -> dropped.malformed() + dropped.stale() >= frames);
            assertEquals(frames, dropped.malformed() + dropped.stale(), "seed " + SEED);
        }
    }

    @Test
    void shouldFailWhenAFrameIsOfAStepToCome() throws Exception {
        try (Workers cluster = running()) {
            encode(0, 5, NODE_OF_WORKER_1, 0, 1);
            offer(cluster, CHUNK);
            CoveyException e = assertThrows(CoveyException.class, () -> pollUntil(cluster, () -> false));
            assertTrue(e.getMessage().contains("of step 5 to server shard 0, which waits for step 0"), e::getMessage);
        }
    }

    @Test
    void shouldFailWhenWorkersDisagreeOnTheLearningRate() throws Exception {
        try (Workers cluster = running()) {
            encode(0, 0, NODE_OF_WORKER_1, 0, 1);
            offer(cluster, CHUNK);
            FrameHeader.encode(frame, 0, FrameHeader.GRADIENT, 0, 0, 0, NODE_OF_WORKER_1, 1, 1, 0.5f);
            offer(cluster, CHUNK);
            CoveyException e = assertThrows(CoveyException.class, () -> pollUntil(cluster, () -> false));
            assertTrue(e.getMessage().contains("learning rate"), e::getMessage);
        }
    }

    /** Two workers that share memory, the only shard on worker 0, ready for step 0. */
    private Workers running() throws Exception {
        Workers cluster = new Workers(
                Medium.IPC, 2, List.of(0), Topology.contiguous(2, 2), LAYOUT, CHUNK, TIMEOUT_NS, TIMEOUT_NS);
        cluster.all((worker, client) -> {
            ParameterServerClientTest.initialise(client, oracle.weights());
            return true;
        });
        return cluster;
    }

    private void encode(int epoch, long step, int node, int chunk, int samples) {
        FrameHeader.encode(frame, 0, FrameHeader.GRADIENT, 0, epoch, step, node, chunk, samples, Oracle.LEARNING_RATE);
    }

    private void offer(Workers cluster, int floats) {
        offerBytes(cluster, FrameHeader.LENGTH + floats * Float.BYTES);
    }

    private void offerBytes(Workers cluster, int length) {
        ShardServer shard = (ShardServer) cluster.clients.get(0).hostedShards().get(0);
        ShardAccess.frames(shard).onFragment(frame, 0, length, header);
    }

    /** Runs worker 0's idle duty cycle; its own thread has nothing to do meanwhile. */
    private static void pollUntil(Workers cluster, BooleanSupplier condition) {
        Await.until(() -> {
            cluster.clients.get(0).poll();
            return condition.getAsBoolean();
        });
    }
}
