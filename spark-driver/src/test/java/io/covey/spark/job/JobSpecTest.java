package io.covey.spark.job;

import io.covey.spark.job.JobConfig.DataFormat;
import io.covey.spark.job.JobConfig.Source;
import io.covey.trainer.CoveyException;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.training.TrainingSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What is trained, validated and tested once the rows of the data are known. */
@Timeout(300)
class JobSpecTest {
    @Test
    void shouldMakeTheSpecificationWhenRowsAreKnown() {
        JobConfig job = JobTexts.parse(JobTexts.mlp());

        TrainingSpec spec = job.toSpec(55_000, 5_000, 10_000);

        assertEquals(new DataPlan(55_000, 32, 4, true, 42), spec.train());
        assertEquals(new DataPlan(5_000, 32, 4, false, 42), spec.validation());
        assertEquals(new DataPlan(10_000, 32, 4, false, 42), spec.test());
        assertEquals((float) (1.0 / 255), spec.inputScale());
        assertEquals(List.of("accuracy", "loss"), spec.metrics().names());
        assertEquals(new Sgd(0.01), spec.optimizer());
        assertEquals(
                Losses.sparseCategoricalCrossentropy(),
                spec.compile().outputs().get(0).loss());
        assertEquals(10, spec.classes());
        assertEquals(42, spec.seed());
    }

    @Test
    void shouldLeavePlansOutWhenTheJobHasNoSuchData() {
        TrainingSpec spec = JobTexts.parse(JobTexts.MINIMAL).toSpec(5, 0, 0);

        assertNull(spec.validation());
        assertNull(spec.test());
    }

    @Test
    void shouldRefuseWhenADataSetIsEmpty() {
        JobConfig job = JobTexts.parse(JobTexts.mlp());

        CoveyException e = assertThrows(CoveyException.class, () -> job.toSpec(1, 0, 1));

        assertEquals("data.validation has no rows: look at its files, and at its skip and limit", e.getMessage());
        assertEquals(CoveyException.Category.CALLER, e.category());
    }

    @Test
    void shouldCutTheValidationOffTheTrainingDataWhenThereIsASplit() {
        JobConfig job = JobTexts.parse(
                JobTexts.MINIMAL,
                "data.train.skip=10",
                "fit.validation_split=0.25",
                "fit.validation_batch_size=8",
                "fit.validation_steps=2");

        JobConfig cut = job.withValidation(103, 0);

        assertEquals(
                new Source(DataFormat.IDX, "/jobs/x", "/jobs/y", 10, 77L),
                cut.data().train());
        assertEquals(
                new Source(DataFormat.IDX, "/jobs/x", "/jobs/y", 87, 16L),
                cut.data().validation());
        TrainingSpec spec = cut.toSpec(77, 16, 0);
        assertEquals(3, spec.train().stepsPerEpoch());
        assertEquals(2, spec.validation().stepsPerEpoch());
        CoveyException e = assertThrows(CoveyException.class, () -> job.withValidation(1, 0));
        assertEquals("fit.validation_split 0.25 of 1 rows leaves no rows for training", e.getMessage());
    }

    @Test
    void shouldEvaluateMoreTestsWithAScaleOfTheirOwn() {
        JobConfig job = JobTexts.parse(JobTexts.mlp(), """
                data.more_tests=[{name: raw, scale: 1, data: {format: idx, images: a, labels: b}},\
                 {name: other, data: {format: idx, images: c, labels: d}}]""");
        JobConfig raw = job.withTest(job.data().moreTests().get(0));

        assertEquals(1.0, raw.data().scale());
        assertEquals("/jobs/a", raw.data().test().images());
        assertEquals(
                job.data().scale(),
                job.withTest(job.data().moreTests().get(1)).data().scale());
        assertEquals(JobTexts.parse(JobTexts.mlp()).configurationHash(), job.configurationHash());
        assertEquals(
                job.data(),
                JobFile.parse("x", job.effectiveYaml(), "/", List.of()).data());
    }
}
