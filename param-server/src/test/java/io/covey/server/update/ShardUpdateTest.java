package io.covey.server.update;

import io.covey.server.frame.ChunkedRange;
import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.OptimizerOptions;
import io.covey.trainer.optimizer.Optimizers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(300)
class ShardUpdateTest {
    private static final int LENGTH = 1024;

    private final ParameterLayout layout = new ParameterLayout(
            List.of(
                    new ParameterSpec("a/kernel", "a", List.of(30, 20), new Zeros(), 0),
                    new ParameterSpec("b/kernel", "b", List.of(20, 20), new Zeros(), 608)),
            LENGTH);

    /** The parameters after three steps, and in {@code order} the chunks as they were updated. */
    private float[] train(Optimizer optimizer, int chunkLength, List<Integer> order) {
        ChunkedRange range = new ChunkedRange(new ShardRange(0, 0, LENGTH), chunkLength);
        try (NativeFloats parameters = NativeFloats.allocate(LENGTH);
                NativeFloats gradient = NativeFloats.allocate(LENGTH);
                ShardUpdate update =
                        new ShardUpdate(range, layout, optimizer, 1, parameters, chunk -> {}, order::add)) {
            parameters.fill(1);
            for (int step = 0; step < 3; step++) {
                for (int i = 0; i < LENGTH; i++) {
                    gradient.put(i, new float[] {(float) Math.sin(i * (step + 1))});
                }
                for (int chunk = range.chunks() - 1; chunk >= 0; chunk--) {
                    update.complete(chunk, gradient.address(range.start(chunk)), 4, 0.1f, step);
                }
            }
            return parameters.get(0, LENGTH);
        }
    }

    @Test
    void shouldUpdateEachChunkAtOnceWhereNoNormIsNeeded() {
        List<Integer> order = new ArrayList<>();
        float[] chunked = train(Optimizers.adam(0.1), 400, order);
        assertEquals(List.of(2, 1, 0, 2, 1, 0, 2, 1, 0), order);
        assertArrayEquals(train(Optimizers.adam(0.1), LENGTH, new ArrayList<>()), chunked);
    }

    @Test
    void shouldWaitForAllChunksWhereNormsAreNeeded() {
        Optimizer clipped = Optimizers.adam(0.1).with(OptimizerOptions.DEFAULT.globalClipnorm(0.01));
        List<Integer> order = new ArrayList<>();
        float[] chunked = train(clipped, 400, order);
        assertEquals(List.of(0, 1, 2, 0, 1, 2, 0, 1, 2), order);
        assertArrayEquals(train(clipped, LENGTH, new ArrayList<>()), chunked);
    }
}
