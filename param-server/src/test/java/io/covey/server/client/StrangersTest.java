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
import io.covey.server.transport.TransportConfig;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.model.ParameterLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Well-formed frames from a process that does not know the job's secret, into the streams of a job that runs. */
@Timeout(300)
class StrangersTest {
    private static final int CHUNK = 320;
    private static final ParameterLayout LAYOUT = Workers.layout(4_000);
    private static final long SEED = 7;
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int STEPS = 20;

    @TempDir
    Path base;

    private final Oracle oracle = new Oracle(SEED, (int) LAYOUT.length(), 2);
    private final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(8192));

    @ParameterizedTest
    @CsvSource({"IPC, false", "IPC, true", "UDP, false", "UDP, true"})
    void shouldTrainTheSameBitsAndCountWhatStrangersSend(Medium medium, boolean encrypt) throws Exception {
        try (Workers cluster = new Workers(
                        medium,
                        2,
                        List.of(0, 1),
                        Topology.contiguous(2, 2),
                        LAYOUT,
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
            Member victim = cluster.topology.members().get(0);
            DroppedFrames dropped = cluster.clients.get(0).droppedFrames();
            int mtu = 1408;
            FrameHeader.encode(frame, 0, FrameHeader.GRADIENT, 0, 0, 0, 2, 0, 1, Oracle.LEARNING_RATE);
            try (ExclusivePublication gradients =
                    stranger.exclusivePublicationTo(victim, StreamIds.gradients(0, 0), 4711, 128 << 10, mtu)) {
                send(gradients);
                Await.until(() -> {
                    cluster.clients.get(0).poll();
                    return dropped.unbound() == 1;
                });
            }
            if (medium == Medium.UDP) {
                FrameHeader.encode(frame, 0, FrameHeader.PARAMETERS, 0, 0, 0, 0, 0, 0, 0f);
                try (ExclusivePublication parameters =
                        stranger.udpPublicationTo(victim, StreamIds.parameters(0, 1), 4711, 128 << 10, mtu)) {
                    send(parameters);
                    // Parameters are read while steps run, and the datagram may come after some of them.
                    trainUntil(cluster, () -> dropped.unbound() == 2);
                }
            } else {
                trainUntil(cluster, () -> true);
            }
            assertEquals(medium == Medium.UDP ? 2 : 1, dropped.unbound());
            assertEquals(0, dropped.malformed() + dropped.stale() + dropped.duplicate() + dropped.tampered());
        }
    }

    private void trainUntil(Workers cluster, BooleanSupplier enough) throws Exception {
        int trained = 0;
        do {
            train(cluster, trained);
            trained += STEPS;
        } while (!enough.getAsBoolean());
    }

    private void train(Workers cluster, int firstStep) throws Exception {
        List<float[]> weights = cluster.all((worker, client) -> {
            for (int step = firstStep; step < firstStep + STEPS; step++) {
                ParameterServerClientTest.train(client, cluster.topology, worker, oracle, step, false);
            }
            return client.parameters().get(0, (int) LAYOUT.length());
        });
        for (int step = firstStep; step < firstStep + STEPS; step++) {
            oracle.apply(step);
        }
        assertArrayEquals(oracle.weights(), weights.get(0));
        assertArrayEquals(oracle.weights(), weights.get(1));
    }

    private void send(ExclusivePublication publication) {
        Await.until(() -> publication.offer(frame, 0, FrameHeader.LENGTH + CHUNK * Float.BYTES) > 0);
    }
}
