package io.covey.server.client;

import io.aeron.ExclusivePublication;
import io.covey.server.Await;
import io.covey.server.Oracle;
import io.covey.server.PatientLinks;
import io.covey.server.client.Workers.Medium;
import io.covey.server.frame.DroppedFrames;
import io.covey.server.frame.FrameHeader;
import io.covey.server.frame.StreamIds;
import io.covey.server.membership.Member;
import io.covey.server.membership.Topology;
import io.covey.server.security.JobSecret;
import io.covey.server.security.JobSecurity;
import io.covey.server.shard.HostedShard;
import io.covey.server.shard.ShardHolding;
import io.covey.server.transport.TransportConfig;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.optimizer.Adam;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A replica holds the bits of its shard, in the clear and encrypted, whatever strangers send into its streams. */
@Timeout(300)
class ReplicaStreamTest {
    private static final int CHUNK = 320;
    private static final ParameterLayout LAYOUT = Workers.layout(4_000);
    private static final long SEED = 13;
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int STEPS_PER_ROUND = 10;

    @TempDir
    Path base;

    private final Oracle oracle = new Oracle(SEED, (int) LAYOUT.length(), 2);
    private final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(8192));
    private long steps;

    @ParameterizedTest
    @CsvSource({"IPC, false", "IPC, true", "UDP, false", "UDP, true"})
    void shouldHoldTheShardsBits(Medium medium, boolean encrypt) throws Exception {
        try (Workers cluster = new Workers(
                        medium,
                        2,
                        List.of(0, 1),
                        List.of(1, 0),
                        Topology.contiguous(2, 2),
                        LAYOUT,
                        new Adam(0.01),
                        CHUNK,
                        TIMEOUT_NS,
                        TIMEOUT_NS,
                        new JobSecurity(JobSecret.random(), encrypt));
                TransportNode stranger = TransportNode.acquire(new TransportConfig(
                        "stranger", "127.0.0.1", 0, base, JobSecurity.random(), PatientLinks.OPTIONS))) {
            cluster.all((worker, client) -> {
                ParameterServerClientTest.initialise(client, oracle.weights());
                return true;
            });
            DroppedFrames dropped = cluster.clients.get(0).droppedFrames();
            Member victim = cluster.topology.members().get(0);
            FrameHeader.encode(frame, 0, FrameHeader.SLOT, 0, 0, 0, 0, 0, 0, 0f);
            try (ExclusivePublication slots =
                    stranger.exclusivePublicationTo(victim, StreamIds.slots(0, 1), 4711, 128 << 10, 1408)) {
                Await.until(() -> slots.offer(frame, 0, FrameHeader.LENGTH + CHUNK * Float.BYTES) > 0);
                // Only steps take slots; in which one the stranger's stream is there is up to the media driver.
                Await.until(() -> {
                    train(cluster);
                    return dropped.unbound() == 1;
                });
            }
            cluster.clients.forEach(ParameterServerClient::disconnect);
            assertEquals(0, dropped.malformed() + dropped.stale() + dropped.duplicate() + dropped.tampered());
            assertReplica(cluster, 0, 1);
            assertReplica(cluster, 1, 0);
        }
    }

    private void train(Workers cluster) {
        long first = steps;
        steps += STEPS_PER_ROUND;
        try {
            cluster.all((worker, client) -> {
                for (long step = first; step < steps; step++) {
                    ParameterServerClientTest.train(client, cluster.topology, worker, oracle, step, false);
                }
                return true;
            });
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Restores the shard that {@code host} has from the replica of {@code keeper}, over zeros. */
    private void assertReplica(Workers cluster, int host, int keeper) {
        HostedShard shard = cluster.clients.get(host).hostedShards().get(0);
        ShardHolding replica = cluster.clients.get(keeper).holdings().stream()
                .filter(holding -> holding.shard() == shard.range().shard())
                .findFirst()
                .orElseThrow();
        List<NativeFloats> vectors = new ArrayList<>(List.of(shard.parameters()));
        vectors.addAll(shard.slots());
        assertEquals(3, vectors.size());
        List<float[]> expected = vectors.stream()
                .map(vector -> vector.get(0, (int) vector.length()))
                .toList();
        vectors.forEach(vector -> vector.fill(0f));
        assertTrue(replica.holds(steps));
        replica.copyTo(shard, steps);
        for (int i = 0; i < vectors.size(); i++) {
            assertArrayEquals(
                    expected.get(i), vectors.get(i).get(0, (int) vectors.get(i).length()));
        }
    }
}
