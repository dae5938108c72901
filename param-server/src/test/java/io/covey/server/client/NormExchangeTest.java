package io.covey.server.client;

import io.covey.server.Oracle;
import io.covey.server.client.Workers.Medium;
import io.covey.server.membership.Topology;
import io.covey.server.security.JobSecurity;
import io.covey.server.shard.HostedShard;
import io.covey.server.shard.ShardServer;
import io.covey.server.update.ShardUpdate;
import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Optimizers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Updates that wait for norms over several server shards. */
@Timeout(300)
class NormExchangeTest {
    private static final long SEED = 20_261_125;
    private static final int STEPS = 6;
    private static final int LEAVES = 6;
    /** Cuts the sums of a pass into several frames. */
    private static final int CHUNK = 96;

    private static final ParameterLayout LAYOUT = layout(
            List.of(70, 20), List.of(20), List.of(20, 5), List.of(5), List.of(3, 3, 2, 4), List.of(), List.of(1, 1));

    @SafeVarargs
    private static ParameterLayout layout(List<Integer>... shapes) {
        List<ParameterSpec> specs = new ArrayList<>();
        long offset = 0;
        for (List<Integer> shape : shapes) {
            String path = "layer" + specs.size() + "/kernel";
            ParameterSpec spec = new ParameterSpec(path, path, shape, new Zeros(), offset);
            specs.add(spec);
            offset = ParameterLayout.align(offset + spec.size());
        }
        return new ParameterLayout(specs, offset);
    }

    static Stream<Optimizer> optimizers() {
        return Stream.of(
                Optimizers.of("sgd", Map.of("clipnorm", 0.5, "momentum", 0.9)),
                Optimizers.of("adam", Map.of("global_clipnorm", 0.5, "weight_decay", 0.1)),
                Optimizers.of("lamb", Map.of("weight_decay", 0.1)),
                Optimizers.of("lamb", Map.of("clipnorm", 0.1, "use_ema", true, "ema_overwrite_frequency", 2)),
                Optimizers.of("adafactor", Map.of("weight_decay", 0.1)),
                Optimizers.of("adafactor", Map.of("global_clipnorm", 0.5, "gradient_accumulation_steps", 2)),
                Optimizers.of("sgd", Map.of("use_ema", true, "ema_momentum", 0.8)));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void shouldGiveTheSameBitsForAnyWorkersAndShards(Optimizer optimizer) throws Exception {
        List<float[]> expected = train(Medium.ONE_NODE, optimizer, 1, 1);
        for (int workers = 1; workers <= 3; workers++) {
            for (int shards = 1; shards <= 3; shards++) {
                assertSame(expected, train(Medium.ONE_NODE, optimizer, workers, shards), workers + "x" + shards);
            }
        }
        assertSame(expected, train(Medium.IPC, optimizer, 2, 3), "IPC");
        assertSame(expected, train(Medium.IPC, optimizer, 3, 2), "IPC with a worker that hosts no shard");
        assertSame(expected, train(Medium.UDP, optimizer, 2, 2), "UDP");
    }

    private static void assertSame(List<float[]> expected, List<float[]> actual, String where) {
        for (int vector = 0; vector < expected.size(); vector++) {
            assertArrayEquals(expected.get(vector), actual.get(vector), "seed " + SEED + ", " + where);
        }
    }

    /** Every worker's parameters after training and after they were overwritten with their averages, then the slots. */
    private static List<float[]> train(Medium medium, Optimizer optimizer, int workers, int shards) throws Exception {
        int floats = (int) LAYOUT.length();
        Oracle oracle = new Oracle(SEED, floats, LEAVES);
        List<Integer> hosts =
                IntStream.range(0, shards).mapToObj(s -> s % workers).toList();
        try (Workers cluster = cluster(medium, optimizer, workers, hosts)) {
            List<List<float[]>> all = cluster.all((worker, client) -> {
                ParameterServerClientTest.initialise(client, oracle.weights());
                for (int step = 0; step < STEPS; step++) {
                    ParameterServerClientTest.train(client, cluster.topology, worker, oracle, step, false);
                }
                float[] trained = client.parameters().get(0, floats);
                assertEquals(STEPS, client.overwriteWithAverages());
                return List.of(trained, client.parameters().get(0, floats));
            });
            all.forEach(vectors -> assertSame(all.get(0), vectors, "one worker against another"));
            cluster.clients.forEach(client -> assertEquals(
                    "0 malformed, 0 stale, 0 duplicate, 0 unbound, 0 tampered",
                    client.droppedFrames().toString()));
            List<float[]> result = new ArrayList<>(all.get(0));
            assertTrue(IntStream.range(0, floats).anyMatch(i -> result.get(0)[i] != oracle.weights()[i]));
            for (int slot = 0; slot < optimizer.slots().size(); slot++) {
                result.add(slot(cluster, slot, floats));
            }
            return result;
        }
    }

    private static Workers cluster(Medium medium, Optimizer optimizer, int workers, List<Integer> hosts)
            throws Exception {
        return new Workers(
                medium,
                workers,
                hosts,
                Collections.nCopies(hosts.size(), Topology.NONE),
                Topology.contiguous(LEAVES, workers),
                LAYOUT,
                optimizer,
                CHUNK,
                Workers.TIMEOUT_NS,
                Workers.TIMEOUT_NS,
                JobSecurity.random());
    }

    private static float[] slot(Workers cluster, int slot, int floats) {
        float[] whole = new float[floats];
        for (ParameterServerClient client : cluster.clients) {
            for (HostedShard shard : client.hostedShards()) {
                NativeFloats part = shard.slots().get(slot);
                int length = (int) shard.range().length();
                System.arraycopy(
                        part.get(0, length), 0, whole, (int) shard.range().offset(), length);
            }
        }
        return whole;
    }

    @Test
    void shouldNameTheShardWhoseNormsAreMissing() throws Exception {
        Optimizer clipped = Optimizers.of("sgd", Map.of("global_clipnorm", 0.5));
        try (Workers cluster = cluster(Medium.IPC, clipped, 2, List.of(0, 1))) {
            ShardUpdate update =
                    ((ShardServer) cluster.clients.get(0).hostedShards().get(0)).update();
            assertEquals(List.of(), update.shardsMissing());
            assertEquals(List.of(1), update.norms().missing(0, 0));
        }
    }

    @Test
    void shouldCutBetweenVariablesWhereWholeOnesAreNeeded() {
        Optimizer adafactor = Optimizers.of("adafactor", Map.of());
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> cluster(Medium.ONE_NODE, adafactor, 1, hosts(8)));
        assertEquals("servers is 8, this model can be cut into 1 to 7 server shards", e.getMessage());
    }

    private static List<Integer> hosts(int shards) {
        return Collections.nCopies(shards, 0);
    }
}
