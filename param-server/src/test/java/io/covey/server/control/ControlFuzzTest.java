package io.covey.server.control;

import com.sun.management.ThreadMXBean;
import io.covey.server.Mutations;
import io.covey.server.security.Envelope;
import io.covey.server.security.Handshake;
import io.covey.server.security.JobSecret;
import io.covey.server.security.JobSecurity;
import io.covey.server.security.MessageOpener;
import io.covey.server.security.MessageSealer;
import io.covey.server.security.RefusedException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Mutated control messages: nothing but the typed exception, and no more memory than the message itself justifies. */
@Timeout(300)
class ControlFuzzTest {
    private static final long SEED = 20_261;
    private static final long RUN = 0x1234_5678_9abc_def0L;
    private static final int MUTATIONS_PER_DECODER = 250_000;
    private static final int CAPACITY = 65_536;
    /** Mutations before memory is counted, for classes that load. */
    private static final int WARM_UP = 5_000;
    /** Objects for a decoded byte, and for an exception with its stack. */
    private static final long ALLOCATION_PER_BYTE = 48;

    private static final long ALLOCATION_PER_MESSAGE = 24_000;

    /** Decodes a message, or throws what it is allowed to. */
    private interface Decoder {
        void decode(UnsafeBuffer message, int length) throws RefusedException;
    }

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Random random = new Random(SEED);
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[CAPACITY]);

    @Test
    void shouldRefuseMutatedMessagesOfWorkers() {
        WorkerMessageCodec codec = new WorkerMessageCodec(RUN);
        List<WorkerMessage> messages = ControlCodecTest.workerMessages().toList();
        fuzz(
                i -> codec.encode(1, 0, messages.get(i % messages.size()), message),
                (source, length) -> codec.decode(source, 0, length, (worker, epoch, decoded) -> {}));
    }

    @Test
    void shouldRefuseMutatedCommands() {
        CommandCodec codec = new CommandCodec(RUN);
        List<Command> messages = ControlCodecTest.commands().toList();
        fuzz(
                i -> codec.encode(1, 0, messages.get(i % messages.size()), message),
                (source, length) -> codec.decode(source, 0, length, (worker, epoch, decoded) -> {}));
    }

    @Test
    void shouldRefuseMutatedEnvelopes() {
        for (boolean encrypt : new boolean[] {false, true}) {
            Handshake handshake = new Handshake(new JobSecurity(JobSecret.random(), encrypt), RUN, 1, 2);
            byte[] nonce = Handshake.newNonce();
            MessageSealer sealer = handshake.workerSealer(nonce, nonce);
            MessageOpener opener = handshake.workerOpener(nonce, nonce);
            UnsafeBuffer payload = new UnsafeBuffer(new byte[100]);
            int[] opened = {0};
            fuzz(
                    i -> {
                        int length = sealer.seal(Envelope.MESSAGE, 0, payload, 1 + random.nextInt(100));
                        sealer.envelope().getBytes(0, message, 0, length);
                        return length;
                    },
                    (source, length) -> {
                        opener.open(Envelope.read(source, 0, length), source, 0, length);
                        opened[0]++;
                    });
            // A mutation may put a byte where the same byte was.
            assertTrue(opened[0] < MUTATIONS_PER_DECODER / 50, opened[0] + " were opened, seed " + SEED);
        }
    }

    private interface Source {
        int next(int i);
    }

    private void fuzz(Source source, Decoder decoder) {
        int refused = 0;
        for (int i = 0; i < MUTATIONS_PER_DECODER; i++) {
            int length = Mutations.mutate(message, source.next(i), random);
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                decoder.decode(message, length);
            } catch (ControlProtocolException | RefusedException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("mutation " + i + ", seed " + SEED, e);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            int number = i;
            assertTrue(
                    i < WARM_UP || allocated <= ALLOCATION_PER_MESSAGE + ALLOCATION_PER_BYTE * length,
                    () -> "mutation " + number + ", seed " + SEED + ": " + allocated + " bytes for a message of "
                            + length);
        }
        assertTrue(refused > MUTATIONS_PER_DECODER / 10, refused + " were refused, seed " + SEED);
    }
}
