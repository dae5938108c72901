package io.covey.trainer.callbacks;

import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.LinearBackend;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(60)
class TensorBoardTest {
    private final MemoryFileStore files = new MemoryFileStore();

    /** Five steps in each of four epochs. */
    private void fit(TensorBoard callback) {
        TrainingSpec spec = LinearBackend.spec(18, 7, 4, 0.01);
        new TrainingLoop(new LinearBackend(spec), spec, FitOptions.of(4, null), List.of(callback.files(files))).fit();
    }

    private int count(String folder, String tag) throws IOException {
        String path = folder + "/" + files.list(folder).get(0);
        try (FileStore.Input input = files.open(path)) {
            byte[] bytes = new byte[(int) input.length()];
            input.readFully(0, bytes, 0, bytes.length);
            return new String(bytes, StandardCharsets.ISO_8859_1).split(tag, -1).length - 1;
        }
    }

    @Test
    void shouldWriteEpochsOnlyWhenBatchesAreNotAskedFor() throws IOException {
        fit(Callbacks.tensorBoard("logs"));
        assertEquals(4, count("logs/train", "epoch_loss"));
        assertEquals(0, count("logs/train", "batch_loss"));
        assertEquals(4, count("logs/validation", "evaluation_loss_vs_iterations"));
        assertEquals(4, count("logs/validation", "epoch_accuracy"));
    }

    /** Keras 3 writes nothing at all while the number of batches is not a multiple. */
    @Test
    void shouldWriteEveryNthBatchWhenAskedFor() throws IOException {
        fit(Callbacks.tensorBoard("logs").updateFreq(10));
        assertEquals(2, count("logs/train", "batch_loss"));
        assertEquals(2, count("logs/train", "epoch_loss"));
    }

    @Test
    void shouldMeasureSpeedWhenAskedFor() throws IOException {
        fit(Callbacks.tensorBoard("logs").updateFreq(1).writeStepsPerSecond(true));
        assertEquals(20, count("logs/train", "batch_steps_per_second"));
        assertEquals(4, count("logs/train", "epoch_steps_per_second"));
    }
}
