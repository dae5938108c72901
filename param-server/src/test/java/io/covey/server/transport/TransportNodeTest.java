package io.covey.server.transport;

import io.aeron.ConcurrentPublication;
import io.aeron.ExclusivePublication;
import io.aeron.logbuffer.BufferClaim;
import io.covey.server.Await;
import io.covey.server.PatientLinks;
import io.covey.server.membership.Member;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.CoveyException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class TransportNodeTest {
    private static final String HOST = "127.0.0.1";
    private static final int STREAM = 7;
    private static final JobSecurity SECURITY = JobSecurity.random();

    @TempDir
    Path base;

    @Test
    void shouldShareOneNodePerJobAndLeaveNothingBehind() throws Exception {
        TransportNode first = TransportNode.acquire(config("a", 0));
        TransportNode second = TransportNode.acquire(config("a", 0));
        TransportNode other = TransportNode.acquire(config("b", 0));
        assertSame(first, second);
        assertNotEquals(first.aeronDirectory(), other.aeronDirectory());
        assertNotEquals(first.endpoint(), other.endpoint());
        assertEquals(first.hostToken(), other.hostToken());
        first.close();
        assertTrue(Files.isDirectory(Path.of(second.aeronDirectory())));
        second.close();
        other.close();
        try (Stream<Path> rest = Files.list(base)) {
            assertEquals(0, rest.count());
        }
    }

    @Test
    void shouldSweepOnlyTheDirectoriesOfTheDead() throws Exception {
        Path dead =
                Files.createDirectories(base.resolve("covey-old-999999/aeron")).getParent();
        Files.createFile(dead.resolve("lock"));
        Path unfinished = Files.createDirectory(base.resolve("covey-new-999998"));
        Path foreign = Files.createDirectory(base.resolve("aeron-someone"));
        try (TransportNode node = TransportNode.acquire(config("a", 0));
                TransportNode later = TransportNode.acquire(config("b", 0))) {
            assertFalse(Files.exists(dead));
            assertTrue(Files.exists(unfinished));
            assertTrue(Files.exists(foreign));
            assertTrue(Files.exists(Path.of(node.aeronDirectory())), "living, with " + later.aeronDirectory());
            // Held against other processes: a lock by this JVM makes the attempt fail by exception.
            Path lock = Path.of(node.aeronDirectory()).resolveSibling("lock");
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
                assertThrows(java.nio.channels.OverlappingFileLockException.class, channel::tryLock);
            }
        }
    }

    @Test
    void shouldNameThePortWhenItIsInUse() throws IOException {
        try (DatagramChannel taken = DatagramChannel.open()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) taken.getLocalAddress()).getPort();
            CoveyException e = assertThrows(CoveyException.class, () -> TransportNode.acquire(config("a", port)));
            assertEquals(CoveyException.Category.CALLER, e.category());
            assertTrue(
                    e.getMessage().contains(HOST + ":" + port) && e.getMessage().contains("cluster.port"),
                    e::getMessage);
        }
        try (Stream<Path> rest = Files.list(base)) {
            assertEquals(0, rest.count());
        }
    }

    @Test
    void shouldNameTheAddressWhenItIsNotThisMachines() {
        TransportConfig config = new TransportConfig("a", "192.0.2.1", 0, base, SECURITY);
        CoveyException e = assertThrows(CoveyException.class, () -> TransportNode.acquire(config));
        assertEquals(CoveyException.Category.CALLER, e.category());
        assertTrue(e.getMessage().contains("192.0.2.1"), e::getMessage);
    }

    @Test
    void shouldCarryControlMessagesByIpcAndByUdp() {
        try (TransportNode node = TransportNode.acquire(config("a", 0));
                TransportNode peer = TransportNode.acquire(config("b", 0))) {
            Member seen = node.describe(0, "any");
            Member elsewhere = new Member(0, "other", seen.aeronDirectory(), seen.endpoint(), seen.processId(), "any");
            assertTrue(peer.sharesMemoryWith(seen));
            assertFalse(peer.sharesMemoryWith(elsewhere));
            UnsafeBuffer message = new UnsafeBuffer(new byte[1000]);
            try (EndpointSubscription subscription = node.subscribeUdpOrIpc(STREAM)) {
                for (Member to : new Member[] {seen, elsewhere}) {
                    try (ConcurrentPublication publication = peer.publicationTo(to, STREAM)) {
                        Await.until(() -> publication.offer(message, 0, 1000) > 0);
                        assertEquals(to.equals(seen), publication.channel().startsWith("aeron:ipc"));
                        int[] received = {0};
                        Await.until(() -> {
                            subscription.poll((buffer, offset, length, header) -> received[0] += length, 10);
                            return received[0] >= 1000;
                        });
                    }
                }
            }
        }
    }

    @Test
    // Half of what the media driver waits before it skips what nobody has finished.
    @Timeout(30)
    void shouldHearOthersWhenAProcessOfThisHostDiesWhileItWrites() {
        try (TransportNode node = TransportNode.acquire(config("a", 0));
                TransportNode dying = TransportNode.acquire(config("b", 0));
                TransportNode living = TransportNode.acquire(config("c", 0));
                EndpointSubscription subscription = node.subscribeUdpOrIpc(STREAM)) {
            Member seen = node.describe(0, "any");
            ExclusivePublication unfinished = dying.exclusivePublicationTo(seen, STREAM);
            Await.until(() -> unfinished.tryClaim(8, new BufferClaim()) > 0);
            ExclusivePublication publication = living.exclusivePublicationTo(seen, STREAM);
            Await.until(() -> publication.offer(new UnsafeBuffer(new byte[1000])) > 0);
            int[] received = {0};
            Await.until(() -> {
                subscription.poll((buffer, offset, length, header) -> received[0] += length, 10);
                return received[0] > 0;
            });
            assertEquals(1000, received[0]);
        }
    }

    @Test
    void shouldComputeTermLengths() {
        assertEquals(1 << 20, LinkSizes.termLength(1 << 18, 1408));
        assertEquals(2 << 20, LinkSizes.termLength((1 << 18) + 1, 1408));
        assertEquals(64 << 20, LinkSizes.termLength(1L << 40, LinkSizes.IPC_MTU));
    }

    @Test
    void shouldKeepShortStepsInTheCacheAndLetLongOnesGoAheadWhenMemoryIsShared() {
        assertEquals(128 << 10, LinkSizes.sharedTermLength(1, 1408, 1));
        assertEquals(512 << 10, LinkSizes.sharedTermLength(1, LinkSizes.IPC_MTU, 1));
        assertEquals(1 << 20, LinkSizes.sharedTermLength(1 << 16, 1408, 1));
        assertEquals(2 << 20, LinkSizes.sharedTermLength((1 << 16) + 1, 1408, 1));
        assertEquals(4 << 20, LinkSizes.sharedTermLength(2 << 20, LinkSizes.IPC_MTU, 1));
        assertEquals(16 << 20, LinkSizes.sharedTermLength(8 << 20, LinkSizes.IPC_MTU, 1));
        assertEquals(64 << 20, LinkSizes.sharedTermLength(1L << 40, LinkSizes.IPC_MTU, 1));
        assertEquals(16 << 20, LinkSizes.sharedTermLength(1L << 40, LinkSizes.IPC_MTU, 4));
        assertEquals(4 << 20, LinkSizes.sharedTermLength(1L << 40, LinkSizes.IPC_MTU, 100));
    }

    private TransportConfig config(String job, int port) {
        return new TransportConfig(job, HOST, port, base, SECURITY, PatientLinks.OPTIONS);
    }
}
