package io.covey.server.client;

import io.covey.server.PatientLinks;
import io.covey.server.TestClock;
import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.frame.ChunkLength;
import io.covey.server.membership.Member;
import io.covey.server.membership.Topology;
import io.covey.server.security.JobSecurity;
import io.covey.server.transport.TransportConfig;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.initializers.GlorotUniform;
import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.wire.WireFormats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.CloseHelper;

/** Workers of one job in one JVM, each with a client on a thread of its own. */
final class Workers implements AutoCloseable {
    /** How the workers reach each other. */
    enum Medium {
        /** All in one node, as in a local run. */
        ONE_NODE,
        /** A node and driver each, as processes on one host have. */
        IPC,
        /** A node each that cannot see the others' directories. */
        UDP
    }

    /** What a worker does. */
    interface Task<T> {
        T run(int worker, ParameterServerClient client) throws Exception;
    }

    static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    private static final AtomicInteger JOBS = new AtomicInteger();

    final TestClock clock = new TestClock();
    final List<TransportNode> nodes = new ArrayList<>();
    final List<ParameterServerClient> clients = new ArrayList<>();
    final Topology topology;
    final WireFormats wire;
    private final List<ExecutorService> threads = new ArrayList<>();
    private final List<Path> baseDirectories = new ArrayList<>();

    Workers(Medium medium, int workers, List<Integer> shardHosts, List<Integer> leafOwners, ParameterLayout layout)
            throws Exception {
        this(medium, workers, shardHosts, leafOwners, layout, 0, TIMEOUT_NS, TIMEOUT_NS);
    }

    Workers(
            Medium medium,
            int workers,
            List<Integer> shardHosts,
            List<Integer> leafOwners,
            ParameterLayout layout,
            int chunkLength,
            long connectTimeoutNs,
            long stepTimeoutNs)
            throws Exception {
        this(
                medium,
                workers,
                shardHosts,
                leafOwners,
                layout,
                chunkLength,
                connectTimeoutNs,
                stepTimeoutNs,
                JobSecurity.random());
    }

    Workers(
            Medium medium,
            int workers,
            List<Integer> shardHosts,
            List<Integer> leafOwners,
            ParameterLayout layout,
            int chunkLength,
            long connectTimeoutNs,
            long stepTimeoutNs,
            JobSecurity security)
            throws Exception {
        this(
                medium,
                workers,
                shardHosts,
                Collections.nCopies(shardHosts.size(), Topology.NONE),
                leafOwners,
                layout,
                new Sgd(0.01),
                chunkLength,
                connectTimeoutNs,
                stepTimeoutNs,
                security);
    }

    Workers(
            Medium medium,
            int workers,
            List<Integer> shardHosts,
            List<Integer> replicaHosts,
            List<Integer> leafOwners,
            ParameterLayout layout,
            Optimizer optimizer,
            int chunkLength,
            long connectTimeoutNs,
            long stepTimeoutNs,
            JobSecurity security)
            throws Exception {
        this(
                medium,
                workers,
                shardHosts,
                replicaHosts,
                leafOwners,
                layout,
                optimizer,
                WireFormats.FLOAT32,
                chunkLength,
                connectTimeoutNs,
                stepTimeoutNs,
                security);
    }

    Workers(
            Medium medium,
            int workers,
            List<Integer> shardHosts,
            List<Integer> replicaHosts,
            List<Integer> leafOwners,
            ParameterLayout layout,
            Optimizer optimizer,
            WireFormats wire,
            int chunkLength,
            long connectTimeoutNs,
            long stepTimeoutNs,
            JobSecurity security)
            throws Exception {
        this.wire = wire;
        List<Member> members = new ArrayList<>();
        String job = "test" + JOBS.incrementAndGet();
        for (int w = 0; w < workers; w++) {
            threads.add(Executors.newSingleThreadExecutor());
            TransportConfig config =
                    TransportConfig.of(job, "127.0.0.1", security).withOptions(PatientLinks.OPTIONS);
            if (medium != Medium.ONE_NODE) {
                Path base = Files.createTempDirectory(config.baseDirectory(), "covey-workers");
                baseDirectories.add(base);
                config = new TransportConfig(job, "127.0.0.1", 0, base, security, PatientLinks.OPTIONS);
            }
            nodes.add(TransportNode.acquire(config));
            Member member = nodes.get(w).describe(w, "any");
            members.add(medium == Medium.UDP ? elsewhere(member) : member);
        }
        int length = chunkLength > 0
                ? chunkLength
                : ChunkLength.forLinks(members, wire, nodes.get(0).udpMtu(), security.frameOverhead());
        topology = new Topology(0, members, shardHosts, replicaHosts, leafOwners, length);
        List<Future<ParameterServerClient>> made = new ArrayList<>();
        for (int w = 0; w < workers; w++) {
            ExchangeConfig config = new ExchangeConfig(
                    w, topology, layout, optimizer, new ExchangeMode.Sync(), wire, connectTimeoutNs, stepTimeoutNs);
            TransportNode node = nodes.get(w);
            made.add(threads.get(w).submit(() -> new ParameterServerClient(config, node, clock)));
        }
        try {
            for (Future<ParameterServerClient> client : made) {
                clients.add(get(client));
            }
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** The same member as processes on other hosts see it. */
    static Member elsewhere(Member member) {
        return new Member(
                member.worker(),
                "host-of-" + member.worker(),
                member.aeronDirectory(),
                member.endpoint(),
                member.processId(),
                member.instructionSet());
    }

    /** A layout of one matrix and one vector, {@code floats} long in all. */
    static ParameterLayout layout(int floats) {
        int rows = (floats - 16) / 16;
        ParameterSpec kernel = new ParameterSpec("dense/kernel", "k", List.of(rows, 16), new GlorotUniform(), 0);
        ParameterSpec bias = new ParameterSpec("dense/bias", "b", List.of(16), new Zeros(), rows * 16L);
        return new ParameterLayout(List.of(kernel, bias), rows * 16L + 16);
    }

    /** Starts {@code task} for one worker. */
    <T> Future<T> start(int worker, Task<T> task) {
        return threads.get(worker).submit(() -> task.run(worker, clients.get(worker)));
    }

    /** Interrupts the thread of {@code worker}. */
    void interrupt(int worker) {
        threads.get(worker).shutdownNow();
    }

    /** Runs {@code task} for all workers at the same time; the first failure comes out. */
    <T> List<T> all(Task<T> task) throws Exception {
        List<Future<T>> futures = new ArrayList<>();
        for (int w = 0; w < clients.size(); w++) {
            futures.add(start(w, task));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(get(future));
        }
        return results;
    }

    static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get(120, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new AssertionError("a worker hangs", e);
        }
    }

    /** Base directories of the nodes; empty with {@link Medium#ONE_NODE}. */
    List<Path> baseDirectories() {
        return baseDirectories;
    }

    @Override
    public void close() throws IOException {
        threads.forEach(ExecutorService::shutdownNow);
        CloseHelper.closeAll(clients);
        CloseHelper.closeAll(nodes);
        for (Path base : baseDirectories) {
            Files.delete(base);
        }
    }
}
