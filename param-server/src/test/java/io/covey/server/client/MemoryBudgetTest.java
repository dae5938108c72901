package io.covey.server.client;

import io.covey.server.exchange.Contributions;
import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.membership.Member;
import io.covey.server.membership.Topology;
import io.covey.server.security.JobSecurity;
import io.covey.server.transport.LinkOptions;
import io.covey.server.transport.MemoryProbe;
import io.covey.server.transport.TransportConfig;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.optimizer.Sgd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Too little memory is the caller's error, found before any of it is taken. */
@Timeout(300)
class MemoryBudgetTest {
    private static final ParameterLayout LAYOUT = Workers.layout(1_000_000);
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);

    @TempDir
    Path base;

    private record Probe(long freeSpace, long containerRoom) implements MemoryProbe {
        @Override
        public long freeSpace(Path directory) {
            return freeSpace;
        }
    }

    @Test
    void shouldRefuseASharedMemoryThatIsTooSmallForTheDriver() throws Exception {
        refuses(new Probe(8_000_000, MemoryProbe.UNLIMITED), "8.0 MB free", "media driver", "cluster.aeron_directory");
        try (Stream<Path> rest = Files.list(base)) {
            assertEquals(0, rest.count());
        }
    }

    @Test
    void shouldRefuseASharedMemoryThatIsTooSmallForTheShortestLogs() {
        refuses(new Probe(19_000_000, MemoryProbe.UNLIMITED), "19.0 MB free", "gradient streams", "--shm-size");
    }

    @Test
    void shouldRefuseAContainerThatIsTooSmall() {
        refuses(
                new Probe(1L << 40, 5_000_000),
                "may take 5.0 MB more",
                "parameters 4.0 MB",
                "spark.executor.memoryOverhead");
    }

    @Test
    void shouldShortenTermsBeforeItRefuses() {
        try (TransportNode node = node(new Probe(100_000_000, MemoryProbe.UNLIMITED));
                ParameterServerClient client = client(node)) {
            assertEquals(1, client.hostedShards().size());
        }
    }

    @Test
    void shouldShortenTermsWhenTheContainerIsSmall() {
        try (TransportNode node = node(new Probe(1L << 40, 60_000_000));
                ParameterServerClient client = client(node)) {
            assertEquals(1, client.hostedShards().size());
        }
    }

    @Test
    void shouldLeaveEachProcessOfAContainerItsPart() {
        assertEquals(4 << 20, gradientTermLengthOfTwoProcesses(MemoryProbe.UNLIMITED));
        assertEquals(4 << 20, gradientTermLengthOfTwoProcesses(100_000_000));
        assertEquals(2 << 20, gradientTermLengthOfTwoProcesses(50_000_000));
    }

    /** With the longest terms each needs between 25 and 50 MB. */
    private int gradientTermLengthOfTwoProcesses(long containerRoom) {
        MemoryProbe probe = new Probe(1L << 40, containerRoom);
        try (TransportNode node = node("first", probe);
                TransportNode other = node("second", probe)) {
            Topology topology = new Topology(
                    0, List.of(node.describe(0, "any"), other.describe(1, "any")), List.of(0, 1), List.of(0, 1), 4096);
            ExchangeConfig config = new ExchangeConfig(0, topology, LAYOUT, new Sgd(0.01), TIMEOUT_NS, TIMEOUT_NS);
            LinkPlan plan = new LinkPlan(config, Contributions.of(topology, false), node);
            return plan.gradientTermLength(config.ranges().get(0));
        }
    }

    @Test
    void shouldTakeTheSpareDirectoryWhenThatHasRoom() {
        Path spare = Path.of("/spare");
        MemoryProbe probe = new MemoryProbe() {
            @Override
            public long freeSpace(Path directory) {
                return directory.equals(spare) ? 100 : 10;
            }

            @Override
            public long containerRoom() {
                return UNLIMITED;
            }
        };
        TransportConfig config =
                new TransportConfig("budget", "127.0.0.1", 0, base, JobSecurity.random(), options(probe));
        assertEquals(base, config.withRoomFor(10, spare).baseDirectory());
        assertEquals(spare, config.withRoomFor(11, spare).baseDirectory());
        assertEquals(base, config.withRoomFor(101, spare).baseDirectory());
    }

    @Test
    void shouldEstimateMoreForMorePeers() {
        assertTrue(MemoryBudget.leastSharedBytes(2, 2, 1) < 64_000_000, "a container's default");
        assertTrue(MemoryBudget.leastSharedBytes(64, 64, 1) > MemoryBudget.leastSharedBytes(8, 8, 1));
        assertTrue(MemoryBudget.coordinatorBytes(2) < 64_000_000, "a container's default");
    }

    private void refuses(MemoryProbe probe, String... parts) {
        CoveyException refused = assertThrows(CoveyException.class, () -> {
            try (TransportNode node = node(probe);
                    ParameterServerClient client = client(node)) {
                assertEquals(1, client.hostedShards().size());
            }
        });
        assertEquals(CoveyException.Category.CALLER, refused.category());
        for (String part : parts) {
            assertTrue(refused.getMessage().contains(part), refused::getMessage);
        }
    }

    private static LinkOptions options(MemoryProbe probe) {
        return LinkOptions.defaults().withMemoryProbe(probe);
    }

    private TransportNode node(MemoryProbe probe) {
        return node("budget", probe);
    }

    private TransportNode node(String job, MemoryProbe probe) {
        return TransportNode.acquire(
                new TransportConfig(job, "127.0.0.1", 0, base, JobSecurity.random(), options(probe)));
    }

    /** Worker 0 of 8 on as many hosts, with a shard each. */
    private static ParameterServerClient client(TransportNode node) {
        Member self = node.describe(0, "any");
        List<Member> members = Stream.iterate(0, w -> w < 8, w -> w + 1)
                .map(w -> w == 0
                        ? self
                        : new Member(w, "host-" + w, "/dev/shm/x", "127.0.0.1:" + (40_000 + w), "1@h", "any"))
                .toList();
        List<Integer> each = List.of(0, 1, 2, 3, 4, 5, 6, 7);
        Topology topology = new Topology(0, members, each, each, 4096);
        return new ParameterServerClient(
                new ExchangeConfig(0, topology, LAYOUT, new Sgd(0.01), TIMEOUT_NS, TIMEOUT_NS),
                node,
                SystemNanoClock.INSTANCE);
    }
}
