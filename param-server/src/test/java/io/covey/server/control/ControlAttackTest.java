package io.covey.server.control;

import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.covey.server.Await;
import io.covey.server.PatientLinks;
import io.covey.server.membership.Member;
import io.covey.server.security.Envelope;
import io.covey.server.security.JobSecret;
import io.covey.server.security.JobSecurity;
import io.covey.server.transport.TransportConfig;
import io.covey.server.transport.TransportNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.SystemNanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Attackers at the coordinator's and a worker's door: they can send and read all there is, but do not know the secret. */
@Timeout(300)
class ControlAttackTest {
    private static final long RUN = 4711;
    private static final long CONNECT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long SEED = 5;

    @TempDir
    Path base;

    private final JobSecret secret = JobSecret.random();
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private TransportNode node;
    private TransportNode attackersNode;
    private CoordinatorAddress address;
    private ControlServer server;
    private int accepted;

    @BeforeEach
    void prepare() throws Exception {
        Files.createDirectories(base.resolve("a"));
        Files.createDirectories(base.resolve("b"));
    }

    private void start(boolean encrypt) {
        node = keep(TransportNode.acquire(new TransportConfig(
                "door", "127.0.0.1", 0, base.resolve("a"), new JobSecurity(secret, encrypt), PatientLinks.OPTIONS)));
        attackersNode = keep(TransportNode.acquire(new TransportConfig(
                "door",
                "127.0.0.1",
                0,
                base.resolve("b"),
                new JobSecurity(JobSecret.random(), encrypt),
                PatientLinks.OPTIONS)));
        address = new CoordinatorAddress("door", RUN, node.describe(CoordinatorAddress.COORDINATOR, ""));
        server = keep(new ControlServer(node, RUN, CONNECT_NS, SystemNanoClock.INSTANCE));
    }

    @AfterEach
    void close() {
        CloseHelper.closeAll(resources);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHearWorkersThatKnowTheSecretAndNoOthers(boolean encrypt) {
        start(encrypt);
        ControlClient stranger = keep(new ControlClient(0, address, attackersNode));
        Await.until(() -> {
            assertFalse(stranger.offer(new WorkerMessage.Heartbeat()));
            stranger.poll((worker, epoch, command) -> {});
            poll();
            return server.refusals().total() > 0;
        });
        ControlClient worker = keep(new ControlClient(0, address, node));
        send(worker, join());
        assertEquals(List.of("0 Join"), heard);
        assertTrue(
                server.refusals().toString().contains("does not know the job's secret"), server.refusals()::toString);
        List<Command> commands = new ArrayList<>();
        Await.until(() -> server.publicationTo(0).offer(0, 0, new Command.Stop("done")));
        Await.until(() -> {
            worker.poll((addressee, epoch, command) -> commands.add(command));
            return !commands.isEmpty();
        });
        assertEquals(List.of(new Command.Stop("done")), commands);
        assertFalse(stranger.offer(new WorkerMessage.Heartbeat()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHearWorkersThatComeLaterOnTheSameTerms(boolean encrypt) {
        start(encrypt);
        ControlClient first = keep(new ControlClient(0, address, node));
        send(first, join());
        first.epoch(4);
        send(first, new WorkerMessage.Paused(List.of()));
        // One in place of a lost one: with a number of its own, or with that of one that is there.
        for (int number : new int[] {7, 0}) {
            ControlClient stranger = keep(new ControlClient(number, address, attackersNode));
            long before = server.refusals().total();
            Await.until(() -> {
                stranger.poll((worker, epoch, command) -> {});
                poll();
                return server.refusals().total() > before;
            });
            assertFalse(stranger.offer(new WorkerMessage.Heartbeat()));
        }
        ControlClient late = keep(new ControlClient(7, address, node));
        send(late, new WorkerMessage.Join("", node.describe(7, "")));
        late.epoch(5);
        send(late, new WorkerMessage.Loaded(1));
        assertEquals(List.of("0 Join", "0 Paused", "7 Join", "7 Loaded"), heard);
        List<String> commands = new ArrayList<>();
        Await.until(() -> server.publicationTo(7).offer(7, 5, new Command.Pause()));
        // What belongs to no membership goes out as of the newest: else the worker would refuse it.
        Await.until(() -> server.publicationTo(7).offer(7, 0, new Command.Stop("done")));
        Await.until(() -> {
            late.poll((worker, epoch, command) ->
                    commands.add(epoch + " " + command.getClass().getSimpleName()));
            return commands.size() == 2;
        });
        assertEquals(List.of("5 Pause", "5 Stop"), commands);
        assertEquals(0, late.refusals().total(), late.refusals()::toString);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseReplaysAndTampering(boolean encrypt) {
        start(encrypt);
        List<byte[]> recorded = new ArrayList<>();
        Subscription tap = keep(node.aeron().addSubscription(CommonContext.IPC_CHANNEL, ControlStreams.TO_COORDINATOR));
        Publication within = node.exclusivePublicationTo(address.member(), ControlStreams.TO_COORDINATOR);
        ControlClient worker = keep(new ControlClient(0, address, node, within));
        send(worker, join());
        send(worker, new WorkerMessage.Loaded(1));
        Await.until(() -> {
            tap.poll(
                    (buffer, offset, length, header) -> {
                        byte[] message = new byte[length];
                        buffer.getBytes(offset, message);
                        recorded.add(message);
                    },
                    10);
            return recorded.size() == 3;
        });
        tap.close();
        // Into the worker's own session, as who can forge its datagrams may, and by a session of the attacker's own.
        Publication beside =
                keep(node.aeron().addExclusivePublication(CommonContext.IPC_CHANNEL, ControlStreams.TO_COORDINATOR));
        long attacks = 0;
        for (Publication way : new Publication[] {within, beside}) {
            for (byte[] message : recorded) {
                attack(way, message, message.length);
                byte[] changed = message.clone();
                changed[message.length / 2] ^= 1;
                attack(way, changed, changed.length);
                attack(way, message, message.length - 1);
                attacks += 3;
            }
        }
        long expected = attacks;
        Await.until(() -> {
            poll();
            return server.refusals().total() >= expected;
        });
        assertEquals(expected, server.refusals().total(), server.refusals()::toString);
        assertTrue(server.refusals().toString().contains("replayed"), server.refusals()::toString);
        send(worker, new WorkerMessage.Loaded(2));
        assertEquals(List.of("0 Join", "0 Loaded", "0 Loaded"), heard);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseACoordinatorThatDoesNotKnowTheSecret(boolean encrypt) {
        start(encrypt);
        CoordinatorAddress false_ =
                new CoordinatorAddress("door", RUN, attackersNode.describe(CoordinatorAddress.COORDINATOR, ""));
        ControlServer impostor = keep(new ControlServer(attackersNode, RUN, CONNECT_NS, SystemNanoClock.INSTANCE));
        ControlClient worker = keep(new ControlClient(0, false_, node));
        Publication commands = keep(attackersNode.publicationTo(node.describe(0, ""), ControlStreams.TO_WORKERS));
        UnsafeBuffer challenge = new UnsafeBuffer(new byte[104]);
        challenge.putByte(0, (byte) 1);
        challenge.putByte(1, (byte) Envelope.CHALLENGE);
        challenge.putLong(8, RUN);
        challenge.putInt(36, 32);
        Await.until(() -> commands.offer(challenge, 0, 104) > 0);
        Await.until(() -> {
            worker.poll((addressee, epoch, command) -> heard.add("worker hears " + command));
            impostor.poll((speaker, epoch, message) -> heard.add("impostor hears " + message));
            assertFalse(worker.offer(join()));
            return worker.refusals().total() > 0 && impostor.refusals().total() > 0;
        });
        assertEquals(List.of(), heard);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldStayOpenToWorkersUnderAFloodOfConnections(boolean encrypt) {
        start(encrypt);
        Random random = new Random(SEED);
        ControlClient early = keep(new ControlClient(0, address, node));
        send(early, join());
        byte[] noise = new byte[60_000];
        UnsafeBuffer frame = new UnsafeBuffer(noise);
        int attackers = 200;
        Member near = address.member();
        Member far = new Member(near.worker(), "another host", near.aeronDirectory(), near.endpoint(), "", "");
        for (int i = 0; i < attackers; i++) {
            int session = random.nextInt();
            // Each a connection of its own, with a hello, noise, and a long message that never ends well.
            try (ExclusivePublication way = attackersNode.exclusivePublicationTo(
                    i % 2 == 0 ? near : far, ControlStreams.TO_COORDINATOR, session, 64 << 10, 1408)) {
                random.nextBytes(noise);
                frame.putByte(0, (byte) 1);
                frame.putByte(1, (byte) Envelope.HELLO);
                frame.putLong(8, RUN);
                frame.putInt(36, 300);
                for (int length : new int[] {372, 7, 1000, 7000}) {
                    Await.until(() -> {
                        poll();
                        return way.offer(frame, 0, length) > 0;
                    });
                }
            }
        }
        Await.until(() -> {
            poll();
            return server.refusals().total() >= 4L * attackers;
        });
        send(early, new WorkerMessage.Loaded(1));
        ControlClient late = keep(new ControlClient(1, address, node));
        send(late, new WorkerMessage.Join("", node.describe(1, "")));
        assertEquals(List.of("0 Join", "0 Loaded", "1 Join"), heard, "seed " + SEED);
        assertEquals(heard.size(), accepted, "noise counts as work, which puts off deadlines");
    }

    private void attack(Publication way, byte[] message, int length) {
        Await.until(() -> way.offer(new UnsafeBuffer(message), 0, length) > 0);
    }

    private WorkerMessage.Join join() {
        return new WorkerMessage.Join("", node.describe(0, ""));
    }

    private void send(ControlClient client, WorkerMessage message) {
        int before = heard.size();
        Await.until(() -> {
            client.poll((worker, epoch, command) -> {});
            poll();
            return client.offer(message);
        });
        Await.until(() -> {
            poll();
            return heard.size() > before;
        });
    }

    private void poll() {
        accepted += server.poll((worker, epoch, message) ->
                heard.add(worker + " " + message.getClass().getSimpleName()));
    }

    private <T extends AutoCloseable> T keep(T resource) {
        resources.add(0, resource);
        return resource;
    }
}
