package io.covey.server.worker;

import io.covey.server.control.Command;
import io.covey.server.control.ControlClient;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.control.ProductVersion;
import io.covey.server.control.WorkerMessage;
import io.covey.server.transport.TransportNode;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.CloseHelper;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** A worker that says what a test wants it to say, and nothing else: no heartbeats, no training. */
final class ScriptedWorker implements AutoCloseable {
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(120);

    private final int worker;
    private final TransportNode node;
    private final ControlClient client;
    private final Queue<Command> commands = new ArrayDeque<>();

    ScriptedWorker(int worker, CoordinatorAddress address, TransportNode node) {
        this.worker = worker;
        this.node = node;
        client = new ControlClient(worker, address, node);
    }

    void join(String instructionSet) {
        join(ProductVersion.current(), instructionSet);
    }

    void join(String version, String instructionSet) {
        send(new WorkerMessage.Join(version, node.describe(worker, instructionSet)));
    }

    void joinAsDedicatedServer() {
        send(new WorkerMessage.Join(
                ProductVersion.current(), node.describe(worker, "any").asDedicated()));
    }

    void send(WorkerMessage message) {
        waitFor(
                () -> {
                    poll();
                    return client.offer(message);
                },
                "the coordinator takes " + message);
    }

    /** The next command, which must be of this type. */
    <C extends Command> C expect(Class<C> type) {
        waitFor(
                () -> {
                    poll();
                    return !commands.isEmpty();
                },
                "a " + type.getSimpleName() + " comes");
        return type.cast(commands.remove());
    }

    private void poll() {
        client.poll((addressee, epoch, command) -> commands.add(command));
    }

    static void waitFor(BooleanSupplier condition, String what) {
        long deadlineNs = System.nanoTime() + DEADLINE_NS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadlineNs, "waited in vain until " + what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Override
    public void close() {
        CloseHelper.close(client);
    }
}
