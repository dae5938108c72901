package io.covey.server.client;

import io.covey.server.Oracle;
import io.covey.server.client.Workers.Medium;
import io.covey.server.membership.Topology;
import io.covey.server.shard.HostedShard;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.training.ReductionTree;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class ParameterServerClientTest {
    private static final long SEED = 20_260_101;
    private static final int STEPS = 5;

    @ParameterizedTest
    @CsvSource({"1,1", "1,2", "1,3", "2,1", "2,2", "2,3", "4,1", "4,2", "4,3"})
    void shouldGiveTheBitsOfTheTreeForAnyWorkersAndShards(int workers, int shards) throws Exception {
        assertBits(Medium.ONE_NODE, workers, shards, Topology.contiguous(8, workers));
    }

    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"IPC", "UDP"})
    void shouldGiveTheBitsOfTheTreeWhenEachWorkerHasItsNode(Medium medium) throws Exception {
        assertBits(medium, 4, 3, Topology.contiguous(8, 4));
    }

    @ParameterizedTest
    @CsvSource({"5,2,2", "7,2,1", "5,3,2", "7,3,3", "8,3,2", "1,1,2"})
    void shouldGiveTheBitsOfTheTreeWhenLeavesDoNotDivide(int leaves, int workers, int shards) throws Exception {
        assertBits(Medium.ONE_NODE, workers, shards, Topology.contiguous(leaves, workers));
    }

    @ParameterizedTest
    @EnumSource(Medium.class)
    void shouldGiveTheBitsOfTheTreeWhenWorkersOwnNoLeaf(Medium medium) throws Exception {
        assertBits(medium, 3, 3, List.of(1, 1, 1, 1));
        assertBits(medium, 3, 2, List.of(2, 0, 2, 2, 0));
    }

    private static void assertBits(Medium medium, int workers, int shards, List<Integer> leafOwners) throws Exception {
        ParameterLayout layout = Workers.layout(20_016);
        int floats = (int) layout.length();
        Oracle oracle = new Oracle(SEED, floats, leafOwners.size());
        List<Integer> hosts =
                IntStream.range(0, shards).mapToObj(s -> s % workers).toList();
        // Chunks of 480 floats: many per shard, the last one shorter.
        try (Workers cluster =
                new Workers(medium, workers, hosts, leafOwners, layout, 480, Workers.TIMEOUT_NS, Workers.TIMEOUT_NS)) {
            List<float[]> weights = cluster.all((worker, client) -> {
                initialise(client, oracle.weights());
                for (int step = 0; step < STEPS; step++) {
                    train(client, cluster.topology, worker, oracle, step, step == STEPS - 1 && worker == 0);
                }
                return client.parameters().get(0, floats);
            });
            for (int step = 0; step < STEPS; step++) {
                oracle.apply(step);
            }
            for (float[] w : weights) {
                assertArrayEquals(oracle.weights(), w, "seed " + SEED);
            }
            for (ParameterServerClient client : cluster.clients) {
                assertEquals(
                        "0 malformed, 0 stale, 0 duplicate, 0 unbound, 0 tampered",
                        client.droppedFrames().toString());
                client.hostedShards().forEach(shard -> assertEquals(STEPS, shard.step()));
            }
        }
    }

    @Test
    void shouldKeepTwoJobsInOneProcessApart() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> job = other.submit(() -> {
                assertBits(Medium.ONE_NODE, 2, 2, Topology.contiguous(4, 2));
                return true;
            });
            assertBits(Medium.ONE_NODE, 2, 3, Topology.contiguous(6, 2));
            assertTrue(Workers.get(job));
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void shouldGoOnWithWhatWasRestoredWhenSynchronizedAgain() throws Exception {
        ParameterLayout layout = Workers.layout(4_000);
        int floats = (int) layout.length();
        List<Integer> owners = Topology.contiguous(4, 2);
        for (Medium medium : Medium.values()) {
            Oracle first = new Oracle(SEED, floats, 4);
            Oracle restored = new Oracle(SEED + 1, floats, 4);
            try (Workers cluster = new Workers(medium, 2, List.of(1, 0), owners, layout)) {
                List<float[]> weights = cluster.all((worker, client) -> {
                    initialise(client, first.weights());
                    train(client, cluster.topology, worker, first, 0, false);
                    train(client, cluster.topology, worker, first, 1, false);
                    // Back to step 1, with other values.
                    write(client, restored.weights());
                    client.synchronize(1);
                    train(client, cluster.topology, worker, restored, 1, false);
                    return client.parameters().get(0, floats);
                });
                restored.apply(1);
                for (float[] w : weights) {
                    assertArrayEquals(restored.weights(), w, "seed " + SEED + ", " + medium);
                }
            }
        }
    }

    @Test
    void shouldTellEveryWorkerOfTheLastStepWhenOneWantsIt() throws Exception {
        ParameterLayout layout = Workers.layout(4_000);
        Oracle oracle = new Oracle(SEED, (int) layout.length(), 4);
        List<Integer> owners = Topology.contiguous(4, 2);
        try (Workers cluster = new Workers(Medium.ONE_NODE, 2, List.of(0, 1), owners, layout)) {
            List<Integer> ends = cluster.all((worker, client) -> {
                initialise(client, oracle.weights());
                int step = 0;
                while (!train(client, cluster.topology, worker, oracle, step, worker == 1 && step == 3)) {
                    step++;
                }
                return step;
            });
            assertEquals(List.of(3, 3), ends);
        }
    }

    static void initialise(ParameterServerClient client, float[] weights) {
        client.connect();
        write(client, weights);
        client.synchronize(0);
    }

    private static void write(ParameterServerClient client, float[] weights) {
        for (HostedShard shard : client.hostedShards()) {
            float[] part = new float[(int) shard.range().length()];
            System.arraycopy(weights, (int) shard.range().offset(), part, 0, part.length);
            shard.parameters().put(0, part);
        }
    }

    /** One step of {@code worker}; the answer of its pull. */
    static boolean train(
            ParameterServerClient client, Topology topology, int worker, Oracle oracle, long step, boolean last) {
        return train(client, topology, worker, oracle, step, last, false);
    }

    /** The same, pushing each leaf by itself if {@code leafwise}. */
    static boolean train(
            ParameterServerClient client,
            Topology topology,
            int worker,
            Oracle oracle,
            long step,
            boolean last,
            boolean leafwise) {
        ReductionTree tree = ReductionTree.of(topology.leafOwners().size());
        Set<Integer> leaves = topology.leavesOf(worker);
        List<Integer> nodes = leafwise ? leaves.stream().map(tree::leaf).toList() : tree.cover(leaves);
        List<NativeFloats> gradients = nodes.stream()
                .map(node -> {
                    float[] values = oracle.gradient(step, node);
                    NativeFloats gradient = NativeFloats.allocate(values.length);
                    gradient.put(0, values);
                    return gradient;
                })
                .toList();
        for (int i = 0; i < nodes.size(); i++) {
            int samples = oracle.samples(step, nodes.get(i));
            client.push(step, nodes.get(i), gradients.get(i), samples, Oracle.LEARNING_RATE, last);
        }
        boolean ends = client.pull(step);
        gradients.forEach(NativeFloats::close);
        return ends;
    }
}
