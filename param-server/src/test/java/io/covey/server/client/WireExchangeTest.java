package io.covey.server.client;

import io.covey.server.Oracle;
import io.covey.server.client.Workers.Medium;
import io.covey.server.membership.Topology;
import io.covey.server.security.JobSecret;
import io.covey.server.security.JobSecurity;
import io.covey.server.shard.HostedShard;
import io.covey.server.shard.ShardHolding;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.optimizer.Adam;
import io.covey.trainer.training.ReductionTree;
import io.covey.trainer.wire.WireFormat;
import io.covey.trainer.wire.WireFormats;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Whatever travels encoded, the bits depend on nobody's place. */
@Timeout(300)
public class WireExchangeTest {
    private static final long SEED = 5;
    private static final int STEPS = 6;
    private static final int LEAVES = 8;
    private static final int SHARDS = 3;
    private static final ParameterLayout LAYOUT = Workers.layout(20_016);
    private static final int FLOATS = (int) LAYOUT.length();

    public static Stream<WireFormats> formats() {
        WireFormat bfloat16 = new WireFormat.Bfloat16();
        return Stream.of(
                new WireFormats(new WireFormat.Float16(), WireFormat.float32()),
                new WireFormats(WireFormat.float32(), bfloat16),
                new WireFormats(bfloat16, new WireFormat.Float16()),
                new WireFormats(new WireFormat.Int8(), new WireFormat.Int8()),
                new WireFormats(new WireFormat.Threshold(1), WireFormat.float32()),
                new WireFormats(new WireFormat.TopK(0.02), bfloat16));
    }

    private static Workers workers(Medium medium, int workers, WireFormats wire, boolean replicated) throws Exception {
        return workers(medium, workers, wire, replicated, JobSecurity.random());
    }

    private static Workers workers(
            Medium medium, int workers, WireFormats wire, boolean replicated, JobSecurity security) throws Exception {
        List<Integer> hosts =
                IntStream.range(0, SHARDS).mapToObj(s -> s % workers).toList();
        List<Integer> replicas = replicated
                ? IntStream.range(0, SHARDS).mapToObj(s -> (s + 1) % workers).toList()
                : Collections.nCopies(SHARDS, Topology.NONE);
        return new Workers(
                medium,
                workers,
                hosts,
                replicas,
                Topology.contiguous(LEAVES, workers),
                LAYOUT,
                new Adam(0.01),
                wire,
                0,
                Workers.TIMEOUT_NS,
                Workers.TIMEOUT_NS,
                security);
    }

    private static List<float[]> train(Workers cluster) throws Exception {
        Oracle oracle = new Oracle(SEED, FLOATS, LEAVES);
        boolean leafwise = cluster.wire.encodesGradients();
        return cluster.all((worker, client) -> {
            ParameterServerClientTest.initialise(client, oracle.weights());
            for (int step = 0; step < STEPS; step++) {
                ParameterServerClientTest.train(client, cluster.topology, worker, oracle, step, false, leafwise);
            }
            return client.parameters().get(0, FLOATS);
        });
    }

    @ParameterizedTest
    @MethodSource("formats")
    void shouldGiveTheSameBitsForAnyPlacement(WireFormats wire) throws Exception {
        float[] alone;
        try (Workers cluster = workers(Medium.ONE_NODE, 1, wire, false)) {
            alone = train(cluster).get(0);
        }
        for (Medium medium : Medium.values()) {
            for (int count : new int[] {2, 4}) {
                try (Workers cluster = workers(medium, count, wire, false)) {
                    for (float[] weights : train(cluster)) {
                        assertArrayEquals(alone, weights, medium + ", " + count + " workers, seed " + SEED);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void shouldGiveTheSameBitsEncrypted(WireFormats wire) throws Exception {
        float[] alone;
        try (Workers cluster = workers(Medium.ONE_NODE, 1, wire, false)) {
            alone = train(cluster).get(0);
        }
        JobSecurity encrypted = new JobSecurity(JobSecret.random(), true);
        for (Medium medium : List.of(Medium.IPC, Medium.UDP)) {
            try (Workers cluster = workers(medium, 2, wire, !wire.gradients().hasResidual(), encrypted)) {
                for (float[] weights : train(cluster)) {
                    assertArrayEquals(alone, weights, medium + ", seed " + SEED);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void shouldKeepExactParametersInReplicas(WireFormats wire) throws Exception {
        try (Workers cluster = workers(Medium.IPC, 2, wire, true)) {
            train(cluster);
            for (ParameterServerClient client : cluster.clients) {
                for (ShardHolding holding : client.holdings()) {
                    HostedShard host = cluster.clients.stream()
                            .flatMap(c -> c.hostedShards().stream())
                            .filter(s -> s.range().shard() == holding.shard())
                            .findFirst()
                            .orElseThrow();
                    int length = (int) host.range().length();
                    float[] parameters = host.parameters().get(0, length);
                    float[] firstMoment = host.slots().get(0).get(0, length);
                    host.parameters().zero();
                    host.slots().forEach(NativeFloats::zero);
                    if (client.hostedShards().contains(host)) {
                        host.parameters().put(0, parameters);
                        host.slots().get(0).put(0, firstMoment);
                        continue;
                    }
                    holding.copyTo(host, STEPS);
                    assertArrayEquals(parameters, host.parameters().get(0, length));
                    assertArrayEquals(firstMoment, host.slots().get(0).get(0, length));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void shouldAllocateNothingPerStep(WireFormats wire) throws Exception {
        LeastAllocated least = new LeastAllocated(2);
        try (Workers cluster = workers(Medium.IPC, 2, wire, false)) {
            List<Long> allocated = cluster.all((worker, client) -> {
                ParameterServerClientTest.initialise(client, new float[FLOATS]);
                List<Integer> nodes = cluster.wire.encodesGradients()
                        ? cluster.topology.leavesOf(worker).stream()
                                .map(ReductionTree.of(LEAVES)::leaf)
                                .toList()
                        : ReductionTree.of(LEAVES).cover(cluster.topology.leavesOf(worker));
                try (NativeFloats gradient = NativeFloats.allocate(FLOATS)) {
                    return least.of(worker, window -> {
                        for (long step = window * 100L; step < (window + 1) * 100L; step++) {
                            for (int n = 0; n < nodes.size(); n++) {
                                gradient.pointer().put(step % FLOATS, 1f);
                                client.push(step, nodes.get(n), gradient, 8, 0.01f, false);
                            }
                            client.pull(step);
                        }
                    });
                }
            });
            assertEquals(List.of(0L, 0L), allocated, "least bytes allocated in 100 steps, by worker");
        }
    }
}
