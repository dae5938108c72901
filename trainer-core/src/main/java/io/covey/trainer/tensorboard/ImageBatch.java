package io.covey.trainer.tensorboard;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Images of floats: a weight as Keras' TensorBoard callback shows it. */
public final class ImageBatch {
    /** TensorBoard's {@code max_outputs}. */
    private static final int SHOWN_MAX = 3;
    /** Images of smaller values are black, or grey. */
    private static final float ZERO_THRESHOLD = 1e-6f;

    private final int count;
    private final int height;
    private final int width;
    private final int channels;
    private final float[] values;

    private ImageBatch(int count, int height, int width, int channels, float[] values) {
        this.count = count;
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.values = values;
    }

    /**
     * A weight as images: a vector is a column, a matrix lies on its longer side, of a rank-3 weight each slice of the last
     * axis is an image. Empty for what Keras does not show: other ranks, unless the last axis is 1, 3 or 4 of four.
     */
    public static Optional<ImageBatch> ofWeight(List<Integer> weightShape, float[] values) {
        List<Integer> shape = new ArrayList<>(weightShape);
        shape.removeIf(size -> size == 1);
        return switch (shape.size()) {
            case 1 -> Optional.of(new ImageBatch(1, shape.get(0), 1, 1, values));
            case 2 -> Optional.of(matrix(shape.get(0), shape.get(1), values));
            case 3 -> Optional.of(slices(shape.get(0), shape.get(1), shape.get(2), values));
            case 4 ->
                shape.get(3) == 3 || shape.get(3) == 4
                        ? Optional.of(new ImageBatch(shape.get(0), shape.get(1), shape.get(2), shape.get(3), values))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static ImageBatch matrix(int rows, int columns, float[] values) {
        return rows > columns
                ? new ImageBatch(1, columns, rows, 1, transposed(rows, columns, values))
                : new ImageBatch(1, rows, columns, 1, values);
    }

    private static ImageBatch slices(int height, int width, int count, float[] values) {
        return new ImageBatch(count, height, width, 1, transposed(height * width, count, values));
    }

    private static float[] transposed(int rows, int columns, float[] values) {
        float[] result = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                result[column * rows + row] = values[row * columns + column];
            }
        }
        return result;
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    int channels() {
        return channels;
    }

    /** Number of images that are shown. */
    public int shown() {
        return Math.min(count, SHOWN_MAX);
    }

    /** An image with [0, 1] as the whole range of colours, as {@code tf.image.convert_image_dtype} maps it. */
    byte[] png(int index) {
        return png(index, 255.5f, 0);
    }

    /** An image scaled to the range of its values as {@code SummaryImageOp} does; zero is grey if some are negative. */
    byte[] scaledPng(int index) {
        float min = 0;
        float max = 0;
        for (int i = 0; i < size(); i++) {
            float value = values[index * size() + i];
            if (Float.isFinite(value)) {
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
        }
        boolean signed = min < 0;
        float largest = Math.max(max, -min);
        float range = signed ? 127 : 255;
        return png(index, largest < ZERO_THRESHOLD ? 0 : range / largest, signed ? 128 : 0);
    }

    private int size() {
        return height * width * channels;
    }

    private byte[] png(int index, float scale, float offset) {
        byte[] pixels = new byte[size()];
        for (int i = 0; i < pixels.length; i++) {
            float value = values[index * size() + i] * scale + offset;
            pixels[i] = (byte) (int) Math.max(0, Math.min(255, value));
        }
        return Png.encode(width, height, channels, pixels);
    }
}
