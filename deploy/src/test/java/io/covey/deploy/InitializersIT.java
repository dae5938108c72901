package io.covey.deploy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The classic notebook's experiment, cut down to a part of the data and two epochs. */
@Tag("cluster")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class InitializersIT {
    private static final Path JOB = Command.DISTRIBUTION.resolve("examples/mnist/initializers.yaml");

    @TempDir
    Path folder;

    /** A line of the table of results. */
    private record Row(String variant, int epochs, double accuracy, double rawAccuracy, double rawLoss, String sha256) {
        static Row of(String line) {
            String[] cells = line.split(" {2,}", -1);
            return new Row(
                    cells[0],
                    Integer.parseInt(cells[1]),
                    Double.parseDouble(cells[2]),
                    Double.parseDouble(cells[4]),
                    Double.parseDouble(cells[5]),
                    cells[6]);
        }
    }

    @Test
    void shouldShowTheVariantsInATableWhenTheExampleRuns() throws Exception {
        CommandResult result = Command.covey(
                        "train",
                        JOB.toString(),
                        "--run-dir",
                        folder.toString(),
                        "--quiet",
                        "--set",
                        "fit.epochs=2",
                        "--set",
                        "data.train.limit=6400",
                        "--set",
                        "data.validation.limit=500")
                .run(600)
                .expect(0);
        List<Row> rows = new ArrayList<>();
        result.out()
                .lines()
                .filter(line -> line.matches("mnist-initializers-\\S+ +\\d.*"))
                .forEach(line -> rows.add(Row.of(line)));
        assertEquals(6, rows.size(), result::toString);
        for (Row row : rows) {
            assertEquals(2, row.epochs(), row::toString);
            assertTrue(row.accuracy() > 0.8, row::toString);
            // Inputs 255 times too large: a loss of probabilities that are cut off would not exceed 16.2.
            assertTrue(row.rawLoss() > 10, row::toString);
            assertTrue(row.rawAccuracy() > 0.2 && row.rawAccuracy() <= row.accuracy() + 0.05, row::toString);
        }
        // Networks of ReLU hardly care for the scale of their inputs, SELU does.
        assertTrue(rows.get(1).rawAccuracy() > rows.get(4).rawAccuracy(), rows::toString);
        assertNotEquals(rows.get(0).sha256(), rows.get(1).sha256());
        // Both epochs got better, so that early stopping gave back the last one's weights: those of the variant without
        // it.
        assertEquals(rows.get(1).sha256(), rows.get(5).sha256());
    }
}
