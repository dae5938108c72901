package io.covey.spark.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Random samples in IDX files: images {@code x} of bytes, labels {@code y}, weights {@code w} in [0, 2). */
final class IdxFiles {
    private static final int BYTES_2D = 0x0802;
    private static final int BYTES_1D = 0x0801;
    private static final int FLOATS_1D = 0x0d01;

    private IdxFiles() {}

    static void write(Path folder, int rows, int features, int classes, long seed) throws IOException {
        Random random = new Random(seed);
        ByteBuffer images = ByteBuffer.allocate(3 * Integer.BYTES + rows * features);
        images.putInt(BYTES_2D).putInt(rows).putInt(features);
        ByteBuffer labels = ByteBuffer.allocate(2 * Integer.BYTES + rows);
        labels.putInt(BYTES_1D).putInt(rows);
        ByteBuffer weights = ByteBuffer.allocate(2 * Integer.BYTES + rows * Float.BYTES);
        weights.putInt(FLOATS_1D).putInt(rows);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < features; i++) {
                images.put((byte) random.nextInt(256));
            }
            labels.put((byte) random.nextInt(classes));
            weights.putFloat(random.nextFloat() * 2);
        }
        Files.write(folder.resolve("x"), images.array());
        Files.write(folder.resolve("y"), labels.array());
        Files.write(folder.resolve("w"), weights.array());
    }
}
