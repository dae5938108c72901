package io.covey.trainer.golden;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/** What an image summary shows: width, height, and the decoded pixels of each PNG. */
final class Pixels {
    private Pixels() {}

    static List<String> of(List<?> strings) {
        List<String> pixels = new ArrayList<>();
        for (int i = 0; i < strings.size(); i++) {
            byte[] bytes = (byte[]) strings.get(i);
            pixels.add(i < 2 ? new String(bytes, StandardCharsets.UTF_8) : decoded(bytes));
        }
        return pixels;
    }

    private static String decoded(byte[] png) {
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
            int[] samples = image.getRaster().getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
            return image.getWidth() + "x" + image.getHeight() + " " + Arrays.toString(samples);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
