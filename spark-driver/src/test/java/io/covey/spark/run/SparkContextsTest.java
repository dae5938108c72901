package io.covey.spark.run;

import io.covey.spark.job.JobConfig;
import io.covey.spark.job.JobFile;
import io.covey.trainer.CoveyException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(300)
class SparkContextsTest {
    private static final String JOB = """
            model: {input_shape: [4], sequential: [dense: {units: 3, activation: softmax}]}
            data: {train: {format: idx, images: x, labels: y}}
            compile: {optimizer: sgd, loss: sparse_categorical_crossentropy}
            fit: {epochs: 2}
            """;

    @Test
    void shouldCallAMasterTheUsersMistakeWhenSparkDoesNotKnowIt() {
        JobConfig job = JobFile.parse("a.yaml", JOB, "/a", List.of());
        CoveyException e = assertThrows(CoveyException.class, () -> SparkContexts.start("a", job.cluster(), "bogus"));
        assertEquals(CoveyException.Category.CALLER, e.category());
        assertEquals("Spark does not start with master bogus: Could not parse Master URL: 'bogus'", e.getMessage());
    }
}
