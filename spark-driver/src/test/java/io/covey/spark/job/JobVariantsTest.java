package io.covey.spark.job;

import io.covey.trainer.CoveyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** One job file with several jobs in it. */
@Timeout(300)
class JobVariantsTest {
    @Test
    void shouldReadTheVariantsOfAJob(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("v.yaml");
        Files.writeString(file, JobTexts.MINIMAL + """
                variants:
                  - name: more
                    set: {fit.epochs: 4, fit.callbacks: [early_stopping: {monitor: loss}], cluster.host: "12"}
                  - name: same
                """);
        List<JobConfig> jobs = JobFile.variants(file, List.of("fit.seed=1"));

        assertEquals(
                List.of("v-more", "v-same"), jobs.stream().map(JobConfig::name).toList());
        assertEquals(List.of(4, 2), jobs.stream().map(job -> job.fit().epochs()).toList());
        assertEquals(List.of(1L, 1L), jobs.stream().map(job -> job.fit().seed()).toList());
        assertEquals("12", jobs.get(0).cluster().host());
        assertEquals("early_stopping", jobs.get(0).fit().callbacks().get(0).name());
        assertEquals(
                List.of(folder + "/runs/v/more", folder + "/runs/v/same"),
                jobs.stream().map(job -> job.checkpoint().dir()).toList());
        assertEquals(1, JobFile.variants(file, List.of("variants=")).size());
        // The effective job of a run is one job.
        assertFalse(jobs.get(0).effectiveYaml().contains("variants"));
    }

    @Test
    void shouldTakeTheSettingsOfAVariantAsTheyAreWritten(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("v.yaml");
        Files.writeString(file, JobTexts.MINIMAL + """
                variants:
                  - name: a
                    set:
                      fit.seed: -9223372036854775808
                      model.name: 1.10
                      data.scale: 1 / 255
                      data.train.images: 'a, "b"\u00e9: #c'
                      data.train.labels: ~x, {y
                      fit.validation_freq:
                """);
        JobConfig job = JobFile.variants(file, List.of()).get(0);

        assertEquals(Long.MIN_VALUE, job.fit().seed());
        assertEquals("1.10", job.model().name());
        assertEquals(1 / 255.0, job.data().scale());
        assertEquals(folder + "/a, \"b\"\u00e9: #c", job.data().train().images());
        assertEquals(folder + "/~x, {y", job.data().train().labels());
    }

    @Test
    void shouldRefuseWhenTwoVariantsHaveOneName(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("v.yaml");
        Files.writeString(file, JobTexts.MINIMAL + "variants: [{name: a}, {name: b}, {name: a}]");
        CoveyException e = assertThrows(CoveyException.class, () -> JobFile.variants(file, List.of()));

        assertEquals(file + ":12: variants.2.name: is a as that of variants.0: choose another name", e.getMessage());
    }

    @Test
    void shouldNameTheVariantWhenItIsWrong(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("v.yaml");
        Files.writeString(file, JobTexts.MINIMAL + "variants: [{name: a}, {name: b, set: {fit.epoch: 4}}]");
        CoveyException e = assertThrows(CoveyException.class, () -> JobFile.variants(file, List.of()));

        assertEquals("variant b: --set fit.epoch=4: fit.epoch: unknown key; did you mean epochs?", e.getMessage());
    }
}
