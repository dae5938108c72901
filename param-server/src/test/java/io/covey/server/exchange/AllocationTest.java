package io.covey.server.exchange;

import com.sun.management.ThreadMXBean;
import io.covey.server.exchange.Workers.Medium;
import io.covey.server.membership.Topology;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.training.ReductionTree;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(120)
class AllocationTest {
    private static final int WARM_UP = 3_000;
    private static final int STEPS = 500;
    private static final int WINDOWS = 10;

    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"ONE_NODE", "IPC"})
    void shouldAllocateNothingPerStep(Medium medium) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ParameterLayout layout = Workers.layout(20_000);
        try (Workers cluster = new Workers(medium, 2, List.of(0, 1), Topology.contiguous(2, 2), layout)) {
            List<Long> allocated = cluster.all((worker, client) -> {
                ParameterServerClientTest.initialise(client, new float[(int) layout.length()]);
                int node = ReductionTree.of(2).leaf(worker);
                try (NativeFloats gradient = NativeFloats.allocate(layout.length())) {
                    train(client, node, gradient, 0, WARM_UP);
                    long least = Long.MAX_VALUE;
                    for (int window = 0; window < WINDOWS; window++) {
                        long first = WARM_UP + (long) window * STEPS;
                        long before = threads.getCurrentThreadAllocatedBytes();
                        train(client, node, gradient, first, first + STEPS);
                        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                    }
                    return least;
                }
            });
            // What the virtual machine allocates in a thread now and then misses some window; what a step allocates
            // does not.
            assertEquals(List.of(0L, 0L), allocated, "least bytes allocated in " + STEPS + " steps, by worker");
        }
    }

    private static void train(ParameterServerClient client, int node, NativeFloats gradient, long from, long to) {
        for (long step = from; step < to; step++) {
            client.pushFrom(gradient.length() / 2, step, node, gradient, 8, 0.01f, false);
            client.pushFrom(0, step, node, gradient, 8, 0.01f, false);
            client.pull(step);
        }
    }
}
