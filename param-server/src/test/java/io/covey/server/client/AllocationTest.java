package io.covey.server.client;

import io.covey.server.client.Workers.Medium;
import io.covey.server.membership.Topology;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.training.ReductionTree;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(300)
class AllocationTest {
    private static final int STEPS = 500;

    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"ONE_NODE", "IPC"})
    void shouldAllocateNothingPerStep(Medium medium) throws Exception {
        LeastAllocated least = new LeastAllocated(2);
        ParameterLayout layout = Workers.layout(20_000);
        try (Workers cluster = new Workers(medium, 2, List.of(0, 1), Topology.contiguous(2, 2), layout)) {
            List<Long> allocated = cluster.all((worker, client) -> {
                ParameterServerClientTest.initialise(client, new float[(int) layout.length()]);
                int node = ReductionTree.of(2).leaf(worker);
                try (NativeFloats gradient = NativeFloats.allocate(layout.length())) {
                    return least.of(worker, window -> {
                        long first = (long) window * STEPS;
                        train(client, node, gradient, first, first + STEPS);
                    });
                }
            });
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
