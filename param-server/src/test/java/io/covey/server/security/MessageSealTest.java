package io.covey.server.security;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The attacker has every sealed message and may send whatever can be made of them. */
@Timeout(300)
class MessageSealTest {
    private static final long RUN = 77;
    private static final byte[] WORKER_NONCE = Handshake.newNonce();
    private static final byte[] COORDINATOR_NONCE = Handshake.newNonce();
    private static final String TEXT = "push the first gradient";

    private final JobSecret secret = JobSecret.random();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldOpenWhatWasSealedInItsOrder(boolean encrypt) throws RefusedException {
        MessageSealer sealer = handshake(secret, encrypt, 5).workerSealer(WORKER_NONCE, COORDINATOR_NONCE);
        MessageOpener opener = handshake(secret, encrypt, 5).workerOpener(WORKER_NONCE, COORDINATOR_NONCE);
        for (int i = 0; i < 3; i++) {
            byte[] sealed = seal(sealer, 0, TEXT + i);
            assertEquals(encrypt, !new String(sealed, StandardCharsets.US_ASCII).contains(TEXT));
            assertEquals(TEXT + i, open(opener, sealed));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseAMessageOfWhichAnyBitWasChanged(boolean encrypt) {
        byte[] sealed = seal(handshake(secret, encrypt, 5).workerSealer(WORKER_NONCE, COORDINATOR_NONCE), 3, TEXT);
        MessageOpener opener = handshake(secret, encrypt, 5).workerOpener(WORKER_NONCE, COORDINATOR_NONCE);
        for (int bit = 0; bit < sealed.length * Byte.SIZE; bit++) {
            byte[] changed = sealed.clone();
            changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            int position = bit;
            assertThrows(RefusedException.class, () -> open(opener, changed), () -> "bit " + position);
        }
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThrows(RefusedException.class, () -> open(opener, cut));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseReplaysReorderingAndOldMemberships(boolean encrypt) throws RefusedException {
        MessageSealer sealer = handshake(secret, encrypt, 5).workerSealer(WORKER_NONCE, COORDINATOR_NONCE);
        MessageOpener opener = handshake(secret, encrypt, 5).workerOpener(WORKER_NONCE, COORDINATOR_NONCE);
        byte[] first = seal(sealer, 0, "first");
        byte[] second = seal(sealer, 1, "second");
        byte[] late = seal(sealer, 0, "late");
        assertEquals("second", open(opener, second));
        assertRefused("replayed", opener, second);
        assertRefused("replayed", opener, first);
        assertRefused("membership that is over", opener, late);
        assertEquals("next", open(opener, seal(sealer, 1, "next")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseOtherSecretsConnectionsDirectionsAndNonces(boolean encrypt) {
        Handshake ours = handshake(secret, encrypt, 5);
        byte[] sealed = seal(ours.workerSealer(WORKER_NONCE, COORDINATOR_NONCE), 0, TEXT);
        MessageOpener[] strangers = {
            handshake(JobSecret.random(), encrypt, 5).workerOpener(WORKER_NONCE, COORDINATOR_NONCE),
            handshake(secret, encrypt, 6).workerOpener(WORKER_NONCE, COORDINATOR_NONCE),
            ours.coordinatorOpener(WORKER_NONCE, COORDINATOR_NONCE),
            ours.workerOpener(COORDINATOR_NONCE, WORKER_NONCE),
            ours.workerOpener(WORKER_NONCE, Handshake.newNonce()),
            ours.helloOpener(),
            ours.challengeOpener(WORKER_NONCE)
        };
        for (MessageOpener stranger : strangers) {
            assertRefused("does not know the job's secret", stranger, sealed);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotPrintTheSecret(boolean encrypt) {
        byte[] salt = JobSecret.randomBytes();
        JobSecret derived = JobSecret.derived("the cluster's password", salt);
        assertEquals(JobSecret.derived("the cluster's password", salt), derived);
        assertFalse(derived.equals(JobSecret.derived("the cluster's password", JobSecret.randomBytes())));
        String printed = new JobSecurity(derived, encrypt).toString();
        assertEquals("JobSecurity[secret=JobSecret[hidden], encrypt=" + encrypt + "]", printed);
        assertFalse(printed.contains(HexFormat.of().formatHex(salt)));
    }

    private static void assertRefused(String why, MessageOpener opener, byte[] sealed) {
        RefusedException refused = assertThrows(RefusedException.class, () -> open(opener, sealed));
        assertTrue(refused.getMessage().contains(why), refused::getMessage);
    }

    private static Handshake handshake(JobSecret secret, boolean encrypt, long connection) {
        return new Handshake(new JobSecurity(secret, encrypt), RUN, 2, connection);
    }

    private static byte[] seal(MessageSealer sealer, int epoch, String text) {
        byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
        byte[] sealed = new byte[sealer.seal(Envelope.MESSAGE, epoch, new UnsafeBuffer(payload), payload.length)];
        sealer.envelope().getBytes(0, sealed);
        return sealed;
    }

    private static String open(MessageOpener opener, byte[] sealed) throws RefusedException {
        DirectBuffer source = new UnsafeBuffer(sealed);
        Envelope envelope = Envelope.read(source, 0, sealed.length);
        return opener.open(envelope, source, 0, sealed.length).getStringWithoutLengthAscii(0, envelope.payloadLength());
    }
}
