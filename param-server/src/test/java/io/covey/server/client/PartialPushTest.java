package io.covey.server.client;

import io.covey.server.Oracle;
import io.covey.server.client.Workers.Medium;
import io.covey.server.membership.Topology;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.optimizer.Adam;
import io.covey.trainer.training.ReductionTree;
import io.covey.trainer.wire.WireFormat;
import io.covey.trainer.wire.WireFormats;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

/** Gradients that go out in parts, while the rest of them is not there yet, give the bits of those that go out whole. */
@Timeout(300)
class PartialPushTest {
    private static final long SEED = 9;
    private static final int STEPS = 12;
    private static final int LEAVES = 4;
    private static final int CHUNK = 256;
    private static final ParameterLayout LAYOUT = Workers.layout(20_016);
    private static final int FLOATS = (int) LAYOUT.length();

    @ParameterizedTest
    @CsvSource({
        "ONE_NODE, 1, 1",
        "ONE_NODE, 1, 3",
        "ONE_NODE, 2, 2",
        "ONE_NODE, 4, 3",
        "IPC, 2, 1",
        "IPC, 2, 2",
        "IPC, 2, 3",
        "IPC, 4, 2",
        "UDP, 2, 2"
    })
    void shouldGiveTheBitsOfWholePushes(Medium medium, int workers, int shards) throws Exception {
        float[] whole = train(medium, workers, shards, WireFormats.FLOAT32, false, false);
        assertArrayEquals(whole, train(medium, workers, shards, WireFormats.FLOAT32, false, true), "seed " + SEED);
        assertArrayEquals(whole, train(medium, 1, 1, WireFormats.FLOAT32, false, true), "seed " + SEED);
    }

    @ParameterizedTest
    @CsvSource({"IPC", "UDP"})
    void shouldGiveThemWithReplicas(Medium medium) throws Exception {
        float[] whole = train(medium, 2, 2, WireFormats.FLOAT32, false, false);
        assertArrayEquals(whole, train(medium, 2, 2, WireFormats.FLOAT32, true, true), "seed " + SEED);
    }

    @ParameterizedTest
    @CsvSource({"ONE_NODE", "IPC"})
    void shouldGiveThemWhereGradientsTravelEncoded(Medium medium) throws Exception {
        WireFormats wire = new WireFormats(new WireFormat.TopK(0.05), new WireFormat.Bfloat16());
        float[] whole = train(medium, 2, 2, wire, false, false);
        assertArrayEquals(whole, train(medium, 2, 2, wire, false, true), "seed " + SEED);
    }

    private static float[] train(
            Medium medium, int workers, int shards, WireFormats wire, boolean replicated, boolean inParts)
            throws Exception {
        List<Integer> hosts =
                IntStream.range(0, shards).mapToObj(s -> s % workers).toList();
        List<Integer> replicas = replicated
                ? hosts.stream().map(host -> (host + 1) % workers).toList()
                : Collections.nCopies(shards, Topology.NONE);
        Oracle oracle = new Oracle(SEED, FLOATS, LEAVES);
        try (Workers cluster = new Workers(
                medium,
                workers,
                hosts,
                replicas,
                Topology.contiguous(LEAVES, workers),
                LAYOUT,
                new Adam(0.01),
                wire,
                CHUNK,
                Workers.TIMEOUT_NS,
                Workers.TIMEOUT_NS,
                JobSecurity.random())) {
            List<float[]> weights = cluster.all((worker, client) -> {
                ParameterServerClientTest.initialise(client, oracle.weights());
                SplittableRandom random = new SplittableRandom(SEED + worker);
                for (int step = 0; step < STEPS; step++) {
                    step(client, cluster, worker, oracle, step, inParts ? random : null);
                }
                return client.parameters().get(0, FLOATS);
            });
            weights.forEach(each -> assertArrayEquals(weights.get(0), each));
            return weights.get(0);
        }
    }

    private static void step(
            ParameterServerClient client,
            Workers cluster,
            int worker,
            Oracle oracle,
            long step,
            SplittableRandom random) {
        ReductionTree tree = ReductionTree.of(LEAVES);
        List<Integer> nodes = cluster.wire.encodesGradients()
                ? cluster.topology.leavesOf(worker).stream().map(tree::leaf).toList()
                : tree.cover(cluster.topology.leavesOf(worker));
        List<NativeFloats> gradients =
                nodes.stream().map(node -> NativeFloats.allocate(FLOATS)).toList();
        for (int i = 0; i < nodes.size(); i++) {
            int node = nodes.get(i);
            int samples = oracle.samples(step, node);
            float[] values = oracle.gradient(step, node);
            NativeFloats gradient = gradients.get(i);
            if (random != null && i == nodes.size() - 1) {
                float[] before = client.parameters().get(0, FLOATS);
                gradient.fill(Float.NaN);
                int from = FLOATS;
                while (from > 0) {
                    int next = random.nextInt(from);
                    gradient.put(next, Arrays.copyOfRange(values, next, from));
                    from = next;
                    client.pushFrom(from, step, node, gradient, samples, Oracle.LEARNING_RATE, false);
                    if (from > 0) {
                        assertArrayEquals(
                                Arrays.copyOf(before, from), client.parameters().get(0, from), "still in use");
                    }
                }
            } else {
                gradient.put(0, values);
                client.push(step, node, gradient, samples, Oracle.LEARNING_RATE, false);
            }
        }
        client.pull(step);
        gradients.forEach(NativeFloats::close);
    }
}
