package io.covey.trainer.engine;

import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.layers.regularization.Dropout;
import io.covey.trainer.model.Model;
import io.covey.trainer.testing.ModelRun;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertFalse;

@Timeout(20)
class SharedDropoutTest {
    private static final int WIDTH = 64;

    @Test
    void shouldDropOtherNumbersWhenALayerIsCalledAgain() {
        SymbolicTensor input = SymbolicTensor.input(WIDTH);
        Layer dropout = new Dropout(0.5);
        Model model = Model.functional("shared", List.of(input), List.of(dropout.apply(input), dropout.apply(input)));
        try (ModelRun run = new ModelRun(model, 1, true)) {
            float[] ones = new float[WIDTH];
            Arrays.fill(ones, 1f);
            float[] first = run.forward(ones);
            float[] second = new float[WIDTH];
            run.program().outputs(1).get(second);
            assertFalse(Arrays.equals(first, second), Arrays.toString(first));
        }
    }
}
