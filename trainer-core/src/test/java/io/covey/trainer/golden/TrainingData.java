package io.covey.trainer.golden;

import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.testing.NpyFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The images that all cases of the group training share, put into the form that a case names. */
final class TrainingData {
    private static final int SIDE = 28;
    private static final int POOLED = SIDE / 2;
    private static final float SCALE = 255;

    private final float[] images;
    private final int[] labels;
    private final int features;

    private TrainingData(float[] images, int[] labels, int features) {
        this.images = images;
        this.labels = labels;
        this.features = features;
    }

    /** The training images, or those of the validation. */
    static TrainingData read(GoldenCase golden, boolean validation) {
        Path folder = golden.folder()
                .getParent()
                .getParent()
                .resolve(golden.get("data").asText());
        String prefix = validation ? "val_" : "";
        byte[] pixels = NpyFile.read(folder.resolve(prefix + "x.npy")).bytes();
        int[] labels = NpyFile.read(folder.resolve(prefix + "y.npy")).ints();
        String transform = golden.get("input_transform").asText();
        if (!transform.startsWith("x/255")) {
            throw new IllegalArgumentException("unknown input_transform " + transform);
        }
        float[] images = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            images[i] = (pixels[i] & 0xFF) / SCALE;
        }
        return switch (transform) {
            case "x/255" -> new TrainingData(images, labels, SIDE * SIDE);
            case "x/255, 2x2 average to 14x14, flattened to 196",
                    "x/255, then 2x2 average pooling to 14x14, then a channel axis" ->
                new TrainingData(pooled(images), labels, POOLED * POOLED);
            default -> throw new IllegalArgumentException("unknown input_transform " + transform);
        };
    }

    private static float[] pooled(float[] images) {
        int count = images.length / (SIDE * SIDE);
        float[] pooled = new float[count * POOLED * POOLED];
        for (int i = 0; i < pooled.length; i++) {
            int image = i / (POOLED * POOLED);
            int row = i / POOLED % POOLED * 2;
            int column = i % POOLED * 2;
            int at = image * SIDE * SIDE + row * SIDE + column;
            pooled[i] = (images[at] + images[at + 1] + images[at + SIDE] + images[at + SIDE + 1]) / 4;
        }
        return pooled;
    }

    /**
     * Rows as a block.
     *
     * @param sampleWeights of all rows of the case from the first image on, or null
     */
    SampleBlock block(int from, int to, float[] sampleWeights) {
        return new SampleBlock(
                to - from,
                List.of(new Column.Floats(features, Arrays.copyOfRange(images, from * features, to * features))),
                List.of(new Column.Ints(1, Arrays.copyOfRange(labels, from, to))),
                sampleWeights == null ? null : Arrays.copyOfRange(sampleWeights, from, to));
    }

    /** The named rows as a block without weights. */
    SampleBlock rows(List<Integer> rows) {
        float[] chosen = new float[rows.size() * features];
        int[] chosenLabels = new int[rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(images, rows.get(i) * features, chosen, i * features, features);
            chosenLabels[i] = labels[rows.get(i)];
        }
        return new SampleBlock(features, chosen, chosenLabels);
    }

    int rows() {
        return labels.length;
    }
}
