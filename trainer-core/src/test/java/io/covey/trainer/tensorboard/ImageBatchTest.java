package io.covey.trainer.tensorboard;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class ImageBatchTest {
    private static int[] pixels(byte[] png) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        return image.getRaster().getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
    }

    /** The pixels that TensorFlow 2.21's {@code summary_ops_v2.image} writes for the same matrix. */
    @Test
    void shouldScaleToTheRangeWhenAnImageIsKeras2s() throws IOException {
        ImageBatch images = ImageBatch.ofWeight(List.of(3, 2), new float[] {-1, 0, 0.5f, 2, -0f, 1e-13f})
                .orElseThrow();
        assertArrayEquals(new int[] {64, 159, 128, 128, 255, 128}, pixels(images.scaledPng(0)));
    }

    @Test
    void shouldShowThreeSlicesWhenAWeightHasRankThree() throws IOException {
        float[] values = new float[2 * 2 * 5];
        values[2 * 5 + 1] = 1;
        ImageBatch images = ImageBatch.ofWeight(List.of(2, 2, 5), values).orElseThrow();
        assertEquals(3, images.shown());
        assertArrayEquals(new int[] {0, 0, 0, 0}, pixels(images.png(0)));
        assertArrayEquals(new int[] {0, 0, 255, 0}, pixels(images.png(1)));
    }

    @Test
    void shouldShowColoursWhenTheLastAxisHasThree() throws IOException {
        ImageBatch images =
                ImageBatch.ofWeight(List.of(2, 1, 2, 2, 3), new float[24]).orElseThrow();
        assertEquals(12, pixels(images.png(0)).length);
        assertTrue(ImageBatch.ofWeight(List.of(2, 2, 2, 5), new float[40]).isEmpty());
        assertTrue(ImageBatch.ofWeight(List.of(), new float[1]).isEmpty());
    }
}
