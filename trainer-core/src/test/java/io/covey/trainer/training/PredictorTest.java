package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.CallbackParams;
import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.testing.Models;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class PredictorTest {
    private static final long SEED = 5;
    private static final int FEATURES = 6;
    private static final int CLASSES = 3;
    private static final int ROWS = 7;
    private static final Model MODEL = Models.mlp(List.of(FEATURES), 4, CLASSES);

    private final float[] inputs = inputs(ROWS * FEATURES);

    private static float[] inputs(int length) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] inputs = new float[length];
        for (int i = 0; i < length; i++) {
            inputs[i] = (float) random.nextDouble(-1, 1);
        }
        return inputs;
    }

    private static SampleBlock block(int width, float[] values) {
        return new SampleBlock(values.length / width, List.of(new Column.Floats(width, values)), List.of(), null);
    }

    private static float[] predict(int batchSize, SampleBlock block, Callback... callbacks) {
        try (NativeFloats parameters = Models.initialValues(MODEL, SEED)) {
            return new Predictor(MODEL, 1f, batchSize, List.of(callbacks))
                    .predict(parameters, LayerStates.NONE, block, 0)
                    .get(0);
        }
    }

    @Test
    void shouldGiveEachRowItsOutputsWhateverTheBatch() {
        for (int batchSize : new int[] {1, 3, ROWS, 100}) {
            float[] outputs = predict(batchSize, block(FEATURES, inputs));
            assertEquals(ROWS * CLASSES, outputs.length, "seed " + SEED);
            for (int row = 0; row < ROWS; row++) {
                float[] alone =
                        predict(1, block(FEATURES, Arrays.copyOfRange(inputs, row * FEATURES, (row + 1) * FEATURES)));
                assertArrayEquals(
                        alone,
                        Arrays.copyOfRange(outputs, row * CLASSES, (row + 1) * CLASSES),
                        1e-6f,
                        "batch_size " + batchSize + ", row " + row + ", seed " + SEED);
            }
        }
    }

    @Test
    void shouldCallTheHooksOfPredictInKerasOrder() {
        List<String> heard = new ArrayList<>();
        List<float[]> batches = new ArrayList<>();
        float[] outputs = predict(3, block(FEATURES, inputs), new Callback() {
            @Override
            public void setParams(CallbackParams params) {
                heard.add("params " + params.steps());
            }

            @Override
            public void onPredictBegin() {
                heard.add("begin");
            }

            @Override
            public void onPredictBatchBegin(long batch) {
                heard.add("batch begin " + batch);
            }

            @Override
            public void onPredictBatchEnd(long batch, Map<String, List<float[]>> logs) {
                heard.add("batch end " + batch);
                batches.add(logs.get("outputs").get(0));
            }

            @Override
            public void onPredictEnd() {
                heard.add("end");
            }
        });
        assertEquals(
                List.of(
                        "params 3",
                        "begin",
                        "batch begin 0",
                        "batch end 0",
                        "batch begin 1",
                        "batch end 1",
                        "batch begin 2",
                        "batch end 2",
                        "end"),
                heard);
        assertArrayEquals(Arrays.copyOfRange(outputs, 0, 3 * CLASSES), batches.get(0));
        assertArrayEquals(Arrays.copyOfRange(outputs, 6 * CLASSES, ROWS * CLASSES), batches.get(2));
    }

    @Test
    void shouldNameTheWidthsWhenTheDataDoNotFit() {
        CoveyException e = assertThrows(CoveyException.class, () -> predict(2, block(2, inputs)));
        assertTrue(e.getMessage().startsWith("the data has 2 features per row"), e.getMessage());
    }

    @Test
    void shouldRefuseDataWithoutRowsAndBatchesWithoutRows() {
        assertThrows(CoveyException.class, () -> predict(2, block(FEATURES, new float[0])));
        assertThrows(CoveyException.class, () -> predict(0, block(FEATURES, inputs)));
    }
}
