package io.covey.spark.job;

import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.optimizer.Sgd;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

@Timeout(300)
class OverridesTest {
    @Test
    void shouldReplaceValuesWhenTheyAreInTheFile() {
        JobConfig job = JobTexts.parse(
                JobTexts.mlp(),
                "fit.epochs=2",
                "cluster.workers=1",
                "data.scale=1/2",
                "compile.optimizer.sgd.learning_rate=0.5",
                "model.sequential.1.dense.units=7",
                "data.train.limit=10");

        assertEquals(2, job.fit().epochs());
        assertEquals(1, job.cluster().workers());
        assertEquals(0.5, job.data().scale());
        assertEquals(new Sgd(0.5), job.compile().toOptimizer());
        assertEquals(7, ((Dense) job.model().model().node("dense").layer()).units());
        assertEquals(10L, job.data().train().limit());
    }

    @Test
    void shouldTakePythonsTrueAndFalseWhenTheyAreWrittenSo() {
        JobConfig job = JobTexts.parse(
                JobTexts.mlp(), "fit.shuffle=False", "compile.optimizer={sgd: {nesterov: True, momentum: 0.9}}");
        assertEquals(false, job.fit().shuffle());
        assertEquals(new Sgd(0.01).momentum(0.9).nesterov(true), job.compile().toOptimizer());
    }

    @Test
    void shouldAddSectionsWhenTheFileHasNone() {
        JobConfig job = JobTexts.parse(
                JobTexts.MINIMAL,
                "cluster.workers=3",
                "checkpoint.keep=9",
                "compile.optimizer.sgd.learning_rate=0.5",
                "data.test={format: idx, images: a, labels: b}",
                "data.test.limit=4",
                "fit.callbacks=[csv_logger: {filename: log.csv}]");

        assertEquals(3, job.cluster().workers());
        assertEquals(9, job.checkpoint().keep());
        assertEquals(new Sgd(0.5), job.compile().toOptimizer());
        assertEquals(
                new JobConfig.Source(JobConfig.DataFormat.IDX, "/jobs/a", "/jobs/b", 0, 4L),
                job.data().test());
        assertEquals(
                List.of(new Named("csv_logger", Map.of("filename", "/jobs/log.csv"))),
                job.fit().callbacks());
    }

    @Test
    void shouldSetAllElementsThatFitWhenTheirNumberIsAStar() {
        JobConfig job =
                JobTexts.parse(JobTexts.mlp(), "model.sequential.*.dense.units=7", "model.sequential.4.dense.units=10");

        assertEquals(
                List.of(7, 7, 7, 10),
                job.model().model().nodes().stream()
                        .filter(node -> node.layer() instanceof Dense)
                        .map(node -> ((Dense) node.layer()).units())
                        .toList());
        assertEquals(
                "--set model.sequential.*.lstm.units=7: model.sequential.4: is dense in the job file, not lstm",
                JobTexts.refusal(JobTexts.mlp(), "model.sequential.*.lstm.units=7"));
    }

    @Test
    void shouldTakeTheLastWhenAKeyIsSetTwice() {
        assertEquals(
                3,
                JobTexts.parse(JobTexts.mlp(), "fit.epochs=2", "fit.epochs=3")
                        .fit()
                        .epochs());
    }

    @Test
    void shouldGoBackToTheDefaultWhenTheValueIsEmptyOrNull() {
        JobConfig job = JobTexts.parse(JobTexts.mlp(), "data.test=", "data.train.skip=null");

        assertNull(job.data().test());
        assertEquals(0, job.data().train().skip());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fit.epoch=2 | fit.epoch: unknown key; did you mean epochs?",
                "fit.epochs=two | fit.epochs: is two, wanted a whole number from 1 to 2147483647",
                "fit.epochs.x=2 | fit.epochs.x: unknown key; fit.epochs has a single value",
                "fit.epochs | wanted key=value, for example fit.epochs=2",
                "=2 | wanted key=value, for example fit.epochs=2",
                "fit..epochs=2 | fit.: unknown key; known are epochs, batch_size, shuffle, seed, initial_epoch, steps_per_epoch, semantics, validation_split, validation_batch_size, validation_steps, validation_freq,"
                        + " class_weight, callbacks",
                "fit.epochs=[1 | fit.epochs: is not YAML: expected ',' or ']', but got <stream end>"
                        + " while parsing a flow sequence",
                "model.sequential.9.dense.units=2 | model.sequential.9: is no element of the list; its elements are 0 to 4",
                "model.sequential.x.dense.units=2 | model.sequential.x: is no element of the list; its elements are 0 to 4",
                "fit.callbacks.0.csv_logger.append=true | fit.callbacks.0: is no element of the list; it has no elements",
                "model.sequential.0.dense.units=2 | model.sequential.0: is flatten in the job file, not dense",
                "model.sequential.1.dens.units=2 | model.sequential.1: is dense in the job file, not dens",
                "compile.optimizer.adam.beta_1=2 | compile.optimizer: is sgd in the job file, not adam",
                "fit.class_weight.1.2=3 | fit.class_weight.1.2: unknown key; fit.class_weight.1 has a single value",
                "fit.class_weight={1: 1e39} | fit.class_weight.1: is 1.0E39, wanted a class from 0 and a number of at least 0"
                        + " that float32 can hold",
                "fit.class_weight={1: 2, 01: 3} | fit.class_weight.01: is class 1, given twice",
                "cluster.gradient_format={int8: {x: 1}} | cluster.gradient_format.int8.x: wire format int8 has no argument x;"
                        + " it has none",
                "cluster.workers=9 | cluster.workers: is 9, it can be at most cluster.virtual_shards = 4: each worker needs"
                        + " a virtual shard",
            })
    void shouldNameTheOptionWhenItIsWrong(String option, String message) {
        assertEquals("--set " + option + ": " + message, JobTexts.refusal(JobTexts.mlp(), option));
    }

    @Test
    void shouldNameTheOptionWhenTheFileHasNoSectionThere() {
        assertEquals(
                """
                mlp.yaml has 2 problems:
                  mlp.yaml:15: fit: is 10, wanted a section with the keys epochs, batch_size, shuffle, seed, initial_epoch, steps_per_epoch, semantics, validation_split, validation_batch_size, validation_steps, validation_freq, class_weight, callbacks
                  --set fit.epochs=2: fit: is 10 in the job file, no section""",
                JobTexts.refusal(
                        JobTexts.mlp()
                                .replace(
                                        "fit: {epochs: 10, batch_size: 32, shuffle: true, seed: 42, callbacks: []}",
                                        "fit: 10"),
                        "fit.epochs=2"));
    }
}
