package io.covey.trainer.engine.custom;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.initializers.HeNormal;
import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.custom.SameDiffLayer;
import io.covey.trainer.testing.ModelRun;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

@Timeout(60)
class SameDiffLayerTest {
    private static final long SEED = 5;
    private static final int ROWS = 4;
    private static final int INPUTS = 3;
    private static final int UNITS = 2;

    /** Sums of a few products of numbers below 2. */
    private static final float TOLERANCE = 2e-6f;

    /** A Dense layer with tanh, written by a user. */
    private static final class OwnDense extends SameDiffLayer {
        private static final long serialVersionUID = 1L;

        OwnDense(Arguments arguments) {
            super(arguments);
        }

        @Override
        public OwnDense copy(Arguments newArguments) {
            return new OwnDense(newArguments);
        }

        @Override
        public List<Integer> outputShape(List<List<Integer>> inputShapes) {
            return List.of(UNITS);
        }

        @Override
        public List<Weight> weights(List<List<Integer>> inputShapes) {
            return List.of(
                    Weight.of("kernel", List.of(INPUTS, UNITS), new HeNormal(), null, null),
                    Weight.of("bias", List.of(UNITS), new Zeros(), null, null));
        }

        @Override
        public SDVariable call(SameDiff graph, List<SDVariable> inputs, List<SDVariable> weights, boolean training) {
            return graph.math().tanh(inputs.get(0).mmul(weights.get(0)).add(weights.get(1)));
        }
    }

    @Test
    void shouldComputeWhatDenseDoesInEveryStepWhenWrittenAsAnExpression() {
        SplittableRandom random = new SplittableRandom(SEED);
        Layer own = new OwnDense(Arguments.of("OwnDense", Map.of()));
        try (ModelRun run = ModelRun.of(own, ROWS, true, INPUTS);
                ModelRun dense = ModelRun.of(new Dense(UNITS, Activation.TANH), ROWS, true, INPUTS)) {
            for (int step = 0; step < 3; step++) {
                float[] weights = random(random, (int) run.parameters().length());
                run.parameters().put(0, weights);
                dense.parameters().put(0, weights);
                float[] x = random(random, ROWS * INPUTS);
                float[] u = random(random, ROWS * UNITS);
                String message = "step " + step + ", seed " + SEED;
                assertArrayEquals(dense.forward(x), run.forward(x), TOLERANCE, message);
                assertArrayEquals(dense.backward(u, x), run.backward(u, x), TOLERANCE, message);
                for (int parameter = 0; parameter < 2; parameter++) {
                    long offset =
                            run.model().layout().parameters().get(parameter).offset();
                    int size = (int)
                            run.model().layout().parameters().get(parameter).size();
                    assertArrayEquals(
                            dense.gradient().get(offset, size),
                            run.gradient().get(offset, size),
                            TOLERANCE * ROWS,
                            message);
                }
            }
        }
    }

    private static float[] random(SplittableRandom random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }
}
