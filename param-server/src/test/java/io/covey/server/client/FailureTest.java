package io.covey.server.client;

import io.covey.server.Oracle;
import io.covey.server.client.Workers.Medium;
import io.covey.server.membership.Topology;
import io.covey.trainer.CoveyException;
import io.covey.trainer.model.ParameterLayout;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class FailureTest {
    private static final ParameterLayout LAYOUT = Workers.layout(8_000);
    private static final List<Integer> LEAF_OWNERS = Topology.contiguous(4, 2);
    private static final long SHORT_NS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(50);

    private final Oracle oracle = new Oracle(7, (int) LAYOUT.length(), 4);

    @ParameterizedTest
    @EnumSource(Medium.class)
    void shouldNameTheSilentWorkerWhenTheStepsDeadlinePasses(Medium medium) throws Exception {
        try (Workers cluster = workers(medium, List.of(0, 1), LONG_NS, SHORT_NS)) {
            // The deadline is this step's, not the first synchronization's.
            cluster.clock.pace(0);
            initialise(cluster);
            cluster.clock.pace(1);
            CoveyException e = failure(cluster.start(0, (worker, client) -> train(cluster, worker, client)));
            assertEquals(CoveyException.Category.FAILURE, e.category());
            assertContains(e, "step 0, waiting for the parameters: not done within 400 ms (cluster.step_timeout)");
            assertContains(
                    e,
                    "server shard 0 on " + cluster.topology.members().get(0) + " has no gradient from "
                            + cluster.topology.members().get(1));
            assertContains(
                    e,
                    "no parameters of server shard 1 from "
                            + cluster.topology.members().get(1));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"ONE_NODE", "IPC"})
    void shouldFailLongBeforeTheDeadlineWhenAWorkerLeaves(Medium medium) throws Exception {
        try (Workers cluster = workers(medium, List.of(0, 1), LONG_NS, LONG_NS)) {
            initialise(cluster);
            Future<Boolean> step = cluster.start(0, (worker, client) -> train(cluster, worker, client));
            Workers.get(cluster.start(1, (worker, client) -> {
                client.close();
                return true;
            }));
            CoveyException e = failure(step);
            assertContains(e, "a worker is gone without an answer");
            assertContains(e, cluster.topology.members().get(1).toString());
        }
    }

    @ParameterizedTest
    @EnumSource(Medium.class)
    void shouldNameBothAddressesWhenAWorkerNeverConnects(Medium medium) throws Exception {
        try (Workers cluster = workers(medium, List.of(1, 0), SHORT_NS, SHORT_NS)) {
            CoveyException e = failure(cluster.start(0, (worker, client) -> {
                client.connect();
                return true;
            }));
            assertContains(e, cluster.topology.members().get(0).toString());
            assertContains(e, cluster.topology.members().get(1).toString());
            assertContains(e, "cluster.connect_timeout");
        }
    }

    @Test
    void shouldSayThatItWasInterruptedWhenItsThreadIs() throws Exception {
        try (Workers cluster = workers(Medium.ONE_NODE, List.of(1, 1), LONG_NS, LONG_NS)) {
            initialise(cluster);
            CountDownLatch pushed = new CountDownLatch(1);
            Future<Boolean> step = cluster.start(0, (worker, client) -> {
                pushed.countDown();
                return train(cluster, worker, client);
            });
            assertTrue(pushed.await(20, TimeUnit.SECONDS));
            cluster.interrupt(0);
            assertContains(failure(step), "interrupted");
        }
    }

    @Test
    void shouldRefuseAStepOrNodeThatIsNotThisWorkers() throws Exception {
        try (Workers cluster = workers(Medium.ONE_NODE, List.of(0, 1), LONG_NS, LONG_NS)) {
            initialise(cluster);
            ParameterServerClient client = cluster.clients.get(0);
            assertThrows(IllegalArgumentException.class, () -> client.push(1, 1, client.parameters(), 1, 0.1f, false));
            assertThrows(IllegalArgumentException.class, () -> client.push(0, 4, client.parameters(), 1, 0.1f, false));
            assertThrows(IllegalArgumentException.class, () -> client.pull(3));
        }
    }

    private static Workers workers(Medium medium, List<Integer> shardHosts, long connectNs, long stepNs)
            throws Exception {
        return new Workers(medium, 2, shardHosts, LEAF_OWNERS, LAYOUT, 480, connectNs, stepNs);
    }

    private void initialise(Workers cluster) throws Exception {
        cluster.all((worker, client) -> {
            ParameterServerClientTest.initialise(client, oracle.weights());
            return true;
        });
    }

    private boolean train(Workers cluster, int worker, ParameterServerClient client) {
        return ParameterServerClientTest.train(client, cluster.topology, worker, oracle, 0, false);
    }

    private static CoveyException failure(Future<?> future) {
        return assertThrows(CoveyException.class, () -> Workers.get(future));
    }

    private static void assertContains(Exception e, String part) {
        assertTrue(e.getMessage().contains(part), () -> "'" + part + "' is not in: " + e.getMessage());
    }
}
