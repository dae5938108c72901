package io.covey.server.control;

import io.covey.server.membership.Member;
import io.covey.server.security.Handshake;
import io.covey.server.security.RefusedException;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What a worker says first: its nonce, and how it is reached. */
final class Hello {
    private final byte[] nonce;
    private final Member member;

    private Hello(byte[] nonce, Member member) {
        this.nonce = nonce;
        this.member = member;
    }

    byte[] nonce() {
        return nonce;
    }

    Member member() {
        return member;
    }

    /** A hello's bytes: the nonce, then the address as a {@link WorkerMessage.Join} without version. */
    static UnsafeBuffer encode(byte[] nonce, Member member, long run) {
        ExpandableArrayBuffer address = new ExpandableArrayBuffer();
        int length =
                new WorkerMessageCodec(run).encode(member.worker(), 0, new WorkerMessage.Join("", member), address);
        UnsafeBuffer hello = new UnsafeBuffer(new byte[Handshake.NONCE_LENGTH + length]);
        hello.putBytes(0, nonce);
        hello.putBytes(Handshake.NONCE_LENGTH, address, 0, length);
        return hello;
    }

    /** @throws RefusedException when it is none */
    static Hello decode(DirectBuffer payload, int length, int worker, long run) throws RefusedException {
        byte[] nonce = new byte[Handshake.NONCE_LENGTH];
        Member[] member = new Member[1];
        if (length > Handshake.NONCE_LENGTH) {
            payload.getBytes(0, nonce);
            try {
                new WorkerMessageCodec(run)
                        .decode(payload, nonce.length, length - nonce.length, (speaker, epoch, message) -> {
                            if (speaker == worker && message instanceof WorkerMessage.Join join) {
                                member[0] = join.member();
                            }
                        });
            } catch (ControlProtocolException e) {
                throw new RefusedException("a hello of another version of Covey");
            }
        }
        if (member[0] == null) {
            throw new RefusedException("a hello without an address");
        }
        return new Hello(nonce, member[0]);
    }
}
