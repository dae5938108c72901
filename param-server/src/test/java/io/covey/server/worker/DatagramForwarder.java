package io.covey.server.worker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A switch in user space: what comes to one of its ports goes to the host behind that port, later, and some of it twice; the
 * answers go back the same way. The kernel sends packets here by a {@code redirect} rule.
 */
final class DatagramForwarder {
    private static final int FIRST_PORT = 9000;
    private static final int DATAGRAM_MAX = 65_536;

    private record Flow(DatagramChannel door, SocketAddress source) {}

    private record Delayed(long dueNs, ByteBuffer datagram, DatagramChannel way, SocketAddress target) {}

    private final Selector selector = Selector.open();
    private final Map<Flow, DatagramChannel> flows = new HashMap<>();
    private final Queue<Delayed> delayed = new ArrayDeque<>();
    private final ByteBuffer received = ByteBuffer.allocateDirect(DATAGRAM_MAX);
    private final long delayNs;
    private final int duplicatePercent;
    private final Random random;

    private DatagramForwarder(long delayNs, int duplicatePercent, long seed) throws IOException {
        this.delayNs = delayNs;
        this.duplicatePercent = duplicatePercent;
        this.random = new Random(seed);
    }

    /** Rules that send the datagrams to {@code hosts} hosts here. */
    static String rules(int hosts) {
        StringBuilder rules = new StringBuilder("chain redirecting {\n type nat hook prerouting priority -100;\n");
        for (int h = 0; h < hosts; h++) {
            rules.append(" ip daddr ")
                    .append(Namespaces.address(h))
                    .append(" udp dport ")
                    .append(Namespaces.PORT)
                    .append(" redirect to :")
                    .append(FIRST_PORT + h)
                    .append('\n');
        }
        return rules.append('}').toString();
    }

    /** @param args hosts, delay in milliseconds, percent of datagrams that come twice, seed */
    public static void main(String[] args) throws IOException {
        DatagramForwarder forwarder = new DatagramForwarder(
                TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[1])),
                Integer.parseInt(args[2]),
                Long.parseLong(args[3]));
        for (int h = 0; h < Integer.parseInt(args[0]); h++) {
            forwarder.open(
                    new InetSocketAddress(FIRST_PORT + h),
                    new InetSocketAddress(Namespaces.address(h), Namespaces.PORT));
        }
        System.out.println("READY");
        forwarder.forward();
    }

    /** A door: its attachment is where what comes in goes. */
    private void open(SocketAddress local, SocketAddress target) throws IOException {
        DatagramChannel door = DatagramChannel.open().bind(local);
        door.configureBlocking(false);
        door.register(selector, SelectionKey.OP_READ, target);
    }

    private void forward() throws IOException {
        while (true) {
            long waitNs = delayed.isEmpty() ? Long.MAX_VALUE : delayed.element().dueNs - System.nanoTime();
            if (waitNs > 0) {
                selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(waitNs)));
            } else {
                selector.selectNow();
            }
            for (SelectionKey key : selector.selectedKeys()) {
                receive((DatagramChannel) key.channel(), key.attachment());
            }
            selector.selectedKeys().clear();
            while (!delayed.isEmpty() && delayed.element().dueNs - System.nanoTime() <= 0) {
                Delayed next = delayed.remove();
                next.way.send(next.datagram, next.target);
            }
        }
    }

    private void receive(DatagramChannel channel, Object attachment) throws IOException {
        SocketAddress source;
        while ((source = channel.receive(received.clear())) != null) {
            ByteBuffer datagram = ByteBuffer.allocate(received.flip().remaining())
                    .put(received)
                    .flip();
            if (attachment instanceof Flow flow) {
                delay(datagram, flow.door, flow.source);
            } else {
                delay(datagram, wayOut(new Flow(channel, source)), (SocketAddress) attachment);
            }
        }
    }

    private DatagramChannel wayOut(Flow flow) throws IOException {
        DatagramChannel way = flows.get(flow);
        if (way == null) {
            way = DatagramChannel.open().bind(new InetSocketAddress(0));
            way.configureBlocking(false);
            way.register(selector, SelectionKey.OP_READ, flow);
            flows.put(flow, way);
        }
        return way;
    }

    private void delay(ByteBuffer datagram, DatagramChannel way, SocketAddress target) {
        long dueNs = System.nanoTime() + delayNs;
        delayed.add(new Delayed(dueNs, datagram, way, target));
        if (random.nextInt(100) < duplicatePercent) {
            delayed.add(new Delayed(dueNs, datagram.duplicate(), way, target));
        }
    }
}
