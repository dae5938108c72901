package io.covey.server.client;

import io.covey.server.PatientLinks;
import io.covey.server.client.Workers.Medium;
import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.frame.ChunkLength;
import io.covey.server.membership.Member;
import io.covey.server.membership.Topology;
import io.covey.server.security.JobSecret;
import io.covey.server.security.JobSecurity;
import io.covey.server.transport.TransportConfig;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.training.ReductionTree;
import io.covey.trainer.wire.WireFormats;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.agrona.CloseHelper;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Two workers and a dedicated server, each with a driver of its own, in the modes in which workers do not wait for all others. */
@Timeout(300)
class RelaxedExchangeTest {
    private static final int WORKERS = 2;
    private static final int SERVER = WORKERS;
    private static final int SHARDS = 2;
    private static final int STEPS = 20;
    private static final int SAMPLES = 4;
    private static final float LEARNING_RATE = 0.5f;
    private static final ParameterLayout LAYOUT = Workers.layout(20_016);
    private static final int FLOATS = (int) LAYOUT.length();
    private static final float TOLERANCE = 1e-5f;

    private final List<TransportNode> nodes = new ArrayList<>();
    private final List<Path> directories = new ArrayList<>();
    private final List<ExecutorService> threads = new ArrayList<>();
    private final List<WorkerExchange> exchanges = new ArrayList<>();

    static Stream<Arguments> links() {
        return Stream.of(
                        new ExchangeMode.BackupWorkers(1),
                        new ExchangeMode.Ssp(0),
                        new ExchangeMode.Ssp(2),
                        new ExchangeMode.Async())
                .flatMap(mode -> Stream.of(Medium.IPC, Medium.UDP)
                        .flatMap(medium -> Stream.of(false, true).map(encrypt -> Arguments.of(mode, medium, encrypt))));
    }

    private void start(ExchangeMode mode, Medium medium, boolean encrypt) throws Exception {
        JobSecurity security = new JobSecurity(JobSecret.random(), encrypt);
        List<Member> members = new ArrayList<>();
        for (int number = 0; number <= SERVER; number++) {
            threads.add(Executors.newSingleThreadExecutor());
            String job = "relaxed-" + ProcessHandle.current().pid();
            Path base = Files.createTempDirectory(
                    TransportConfig.of(job, "127.0.0.1", security).baseDirectory(), "covey-relaxed");
            directories.add(base);
            nodes.add(TransportNode.acquire(
                    new TransportConfig(job, "127.0.0.1", 0, base, security, PatientLinks.OPTIONS)));
            Member member = nodes.get(number).describe(number, "any");
            member = medium == Medium.UDP ? Workers.elsewhere(member) : member;
            members.add(number == SERVER ? member.asDedicated() : member);
        }
        int chunkLength =
                ChunkLength.forLinks(members, WireFormats.FLOAT32, nodes.get(0).udpMtu(), security.frameOverhead());
        Topology topology = new Topology(
                0,
                members,
                Collections.nCopies(SHARDS, SERVER),
                Collections.nCopies(SHARDS, Topology.NONE),
                Topology.contiguous(WORKERS, WORKERS),
                chunkLength);
        exchanges.addAll(all(number -> WorkerExchange.of(
                new ExchangeConfig(
                        number,
                        topology,
                        LAYOUT,
                        new Sgd(LEARNING_RATE),
                        mode,
                        WireFormats.FLOAT32,
                        Workers.TIMEOUT_NS,
                        Workers.TIMEOUT_NS),
                nodes.get(number),
                SystemNanoClock.INSTANCE)));
        all(number -> {
            exchanges.get(number).connect();
            exchanges.get(number).synchronize(0);
            return true;
        });
    }

    /** What a member does. */
    private interface Task<T> {
        T run(int number) throws Exception;
    }

    private <T> Future<T> start(int number, Callable<T> task) {
        return threads.get(number).submit(task);
    }

    private <T> List<T> all(Task<T> task) throws Exception {
        List<Future<T>> running = new ArrayList<>();
        for (int number = 0; number <= SERVER; number++) {
            int each = number;
            running.add(start(each, () -> task.run(each)));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : running) {
            results.add(Workers.get(future));
        }
        return results;
    }

    /** Runs a pass; returns the parameters at its end. */
    private float[] pass(int number, long from) {
        WorkerExchange exchange = exchanges.get(number);
        exchange.beginPass(from + STEPS);
        if (number == SERVER) {
            exchange.pull(from);
        } else {
            int node = ReductionTree.of(WORKERS).leaf(number);
            try (NativeFloats gradient = NativeFloats.allocate(FLOATS)) {
                for (long step = from; step < from + STEPS; step = exchange.nextStep(step)) {
                    gradient.put(0, gradient(number));
                    exchange.push(step, node, gradient, SAMPLES, LEARNING_RATE, false);
                    exchange.pull(step);
                }
            }
        }
        return exchange.parameters().get(0, FLOATS);
    }

    /** The same in each step. */
    private static float[] gradient(int worker) {
        float[] gradient = new float[FLOATS];
        for (int i = 0; i < FLOATS; i++) {
            gradient[i] = (i % 7 - 3) * 0.01f * (worker + 1);
        }
        return gradient;
    }

    @ParameterizedTest
    @MethodSource("links")
    void shouldTakeAllContributionsInAnyOrder(ExchangeMode mode, Medium medium, boolean encrypt) throws Exception {
        start(mode, medium, encrypt);
        List<float[]> ends = all(number -> pass(number, 0));
        assertArrayEquals(ends.get(SERVER), ends.get(0));
        assertArrayEquals(ends.get(SERVER), ends.get(1));
        if (mode instanceof ExchangeMode.BackupWorkers) {
            long dropped = exchanges.get(SERVER).takeDropped().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            assertEquals(STEPS, dropped, "one of two contributions to each step");
        } else {
            float[] expected = new float[FLOATS];
            for (int worker = 0; worker < WORKERS; worker++) {
                float[] gradient = gradient(worker);
                for (int i = 0; i < FLOATS; i++) {
                    expected[i] -= STEPS * LEARNING_RATE * gradient[i] / SAMPLES;
                }
            }
            assertArrayEquals(expected, ends.get(SERVER), TOLERANCE);
        }
    }

    /** A checkpoint between two passes must not find anything of the next one. */
    @ParameterizedTest
    @MethodSource("links")
    void shouldNotTouchTheParametersBetweenTwoPasses(ExchangeMode mode, Medium medium, boolean encrypt)
            throws Exception {
        start(mode, medium, encrypt);
        float[] end = all(number -> pass(number, 0)).get(SERVER);
        Future<float[]> early = start(0, () -> pass(0, STEPS));
        WorkerExchange server = exchanges.get(SERVER);
        start(SERVER, () -> {
                    for (int i = 0; i < 100_000; i++) {
                        server.poll();
                        Thread.onSpinWait();
                    }
                    return true;
                })
                .get();
        assertArrayEquals(end, server.parameters().get(0, FLOATS));
        Future<float[]> late = start(1, () -> pass(1, STEPS));
        float[] second = Workers.get(start(SERVER, () -> pass(SERVER, STEPS)));
        assertArrayEquals(second, Workers.get(early));
        assertArrayEquals(second, Workers.get(late));
    }

    @AfterEach
    void close() throws Exception {
        threads.forEach(ExecutorService::shutdownNow);
        CloseHelper.closeAll(exchanges);
        CloseHelper.closeAll(nodes);
        for (Path directory : directories) {
            Files.delete(directory);
        }
    }
}
