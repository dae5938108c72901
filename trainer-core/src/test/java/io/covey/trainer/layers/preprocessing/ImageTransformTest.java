package io.covey.trainer.layers.preprocessing;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.testing.ModelRun;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Scanner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(60)
class ImageTransformTest {
    private static final float TOLERANCE = 2e-6f;
    private static final float[] IMAGE = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

    /** One fixed transform. */
    private static final class Fixed extends ImageTransform {
        private static final long serialVersionUID = 1L;

        Fixed(Arguments arguments) {
            super(arguments);
        }

        @Override
        public Fixed copy(Arguments newArguments) {
            return new Fixed(newArguments);
        }

        @Override
        public void matrix(long key, int row, int height, int width, double[] matrix) {
            set(matrix, 0.8, 0.3, -1.5, -0.2, 1.1, 0.7);
        }
    }

    /** Recorded from Keras 3.15 on TensorFlow 2.21: keras.ops.image.affine_transform of the same image. */
    @ParameterizedTest
    @CsvSource({
        "constant, nearest, 2 2 1 2 2 9 5 6 2 2 2 11",
        "constant, bilinear, 2 2.3 2.3 2.3 2 5.24 7 7 2.07 3.89 5.85 7.95",
        "nearest, nearest, 5 5 1 2 9 9 5 6 9 9 10 11",
        "nearest, bilinear, 3.8 3 2.3 2.3 8.2 7.4 7 7 9 9 9.7 10.5",
        "reflect, nearest, 6 5 1 2 9 9 5 6 9 9 10 11",
        "reflect, bilinear, 4.3 3 2.3 2.3 8.4 7.4 7 7 9 9 9.7 10.5",
        "wrap, nearest, 8 8 1 2 12 12 5 6 4 4 2 3",
        "wrap, bilinear, 6.3 6 2.3 2.3 11 10.4 7 7 4 4 1.7 2.5"
    })
    void shouldGiveKerasImageWhenAnAffineTransformIsApplied(String fillMode, String interpolation, String expected) {
        Layer layer = new Fixed(Arguments.of(
                "Fixed",
                Map.of("fill_mode", fillMode, "interpolation", interpolation, "fill_value", 2, "name", "fixed")));
        float[] values = new float[IMAGE.length];
        try (Scanner numbers = new Scanner(expected).useLocale(Locale.ROOT)) {
            for (int i = 0; i < values.length; i++) {
                values[i] = numbers.nextFloat();
            }
        }
        try (ModelRun run = ModelRun.of(layer, 1, true, 3, 4, 1)) {
            assertArrayEquals(values, run.forward(IMAGE), TOLERANCE);
        }
    }

    @ParameterizedTest
    @CsvSource({"RandomFlip", "RandomRotation", "RandomContrast"})
    void shouldLeaveTheImageWhenNotTraining(String className) {
        Map<String, Object> arguments = className.equals("RandomFlip") ? Map.of() : Map.of("factor", 0.5);
        Layer layer = LayerTypes.create(className, arguments);
        try (ModelRun run = ModelRun.of(layer, 1, false, 3, 4, 1)) {
            assertArrayEquals(IMAGE, run.forward(IMAGE));
        }
    }

    @Test
    void shouldMirrorSomeImagesWhenFlippingAtRandom() {
        int rows = 20;
        float[] images = new float[rows * IMAGE.length];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(IMAGE, 0, images, row * IMAGE.length, IMAGE.length);
        }
        float[] mirrored = {4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9};
        try (ModelRun run = ModelRun.of(new RandomFlip("horizontal"), rows, true, 3, 4, 1)) {
            float[] output = run.forward(images);
            int flips = 0;
            for (int row = 0; row < rows; row++) {
                float[] image = Arrays.copyOfRange(output, row * IMAGE.length, (row + 1) * IMAGE.length);
                boolean isMirrored = Arrays.equals(mirrored, image);
                flips += isMirrored ? 1 : 0;
                assertArrayEquals(isMirrored ? mirrored : IMAGE, image);
            }
            assertEquals(rows / 2.0, flips, rows / 2.0 - 1, "images mirrored");
        }
    }

    @Test
    void shouldHaveMeanZeroAndVarianceOneWhenAdaptedToTheData() {
        float[] data = {1, 10, 3, 30, 5, 20};
        Normalization layer = new Normalization().adapt(data, List.of(2));
        try (ModelRun run = ModelRun.of(layer, 3, false, 2)) {
            float[] y = run.forward(data);
            for (int channel = 0; channel < 2; channel++) {
                double sum = 0;
                double squares = 0;
                for (int i = channel; i < y.length; i += 2) {
                    sum += y[i];
                    squares += y[i] * y[i];
                }
                assertEquals(0, sum, 1e-6);
                assertEquals(3, squares, 1e-5);
            }
        }
    }
}
