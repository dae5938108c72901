package io.covey.spark.job;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

/** Optimizers that a cluster's mode or its servers cannot run, with the exact words of the message. */
@Timeout(300)
class JobContradictionsTest {
    static Stream<Arguments> contradictions() {
        return Stream.of(
                contradiction(
                        "adafactor",
                        "servers: 9",
                        "16: cluster.servers: is 9, this model with its optimizer can be cut into 1 to 8 server shards"),
                contradiction(
                        "{sgd: {global_clipnorm: 1}}",
                        "mode: async",
                        "16: cluster.mode: optimizer sgd, its clipping or a constraint of the model needs norms over whole"
                                + " variables, which mode async: other bits in every run does not wait for: use mode sync or"
                                + " local_sgd"),
                contradiction(
                        "lamb",
                        "backup_workers: 1",
                        "16: cluster.mode: optimizer lamb, its clipping or a constraint of the model needs norms over whole"
                                + " variables, which mode sync with 1 backup worker: other bits in every run does not wait"
                                + " for: use mode sync or local_sgd"),
                contradiction(
                        "{adam: {use_ema: true}}",
                        "mode: ssp, staleness: 1",
                        "16: cluster.mode: optimizer adam has use_ema, which belongs to mode sync, not to ssp with staleness 1:"
                                + " other bits in every run"),
                contradiction(
                        "{sgd: {gradient_accumulation_steps: 4}}",
                        "mode: local_sgd, sync_every: 6",
                        "16: cluster.mode: optimizer sgd has gradient_accumulation_steps 4, but sync_every is 6: with each"
                                + " average the accumulated gradients are forgotten, so that sync_every must be a multiple"));
    }

    @Test
    void shouldRefuseWhenResultsWouldHaveOneName() {
        String test = "{name: NAME, data: {format: idx, images: a, labels: b}}";
        String more = "data.more_tests=[" + test + ", " + test + "]";

        assertEquals(
                "--set " + more.replace("NAME", "a")
                        + ": data.more_tests.1.name: is a as that of data.more_tests.0: choose another name",
                JobTexts.refusal(JobTexts.mlp(), more.replace("NAME", "a")));
        String one = "data.more_tests=[" + test.replace("NAME", "test") + "]";
        assertEquals(
                "--set " + one + ": data.more_tests.0.name: is test, which data.test is called in the results: choose"
                        + " another name",
                JobTexts.refusal(JobTexts.mlp(), "data.test={format: idx, images: a, labels: b}", one));
    }

    @Test
    void shouldRefuseWhenAKeyIsOfAnotherKindOfModel() {
        assertEquals(
                "--set model.outputs=[dense]: model.outputs: belongs to functional: other models have the outputs of their"
                        + " own",
                JobTexts.refusal(JobTexts.MINIMAL, "model.outputs=[dense]"));
        assertEquals(
                "mlp.yaml:2: model.input_shape: belongs to sequential: in other models the input layers say it",
                JobTexts.refusal(
                        JobTexts.MINIMAL,
                        "model.sequential=",
                        "model.functional=[input: {shape: [4], name: x}, dense: {units: 3}]"));
    }

    private static Arguments contradiction(String optimizer, String cluster, String message) {
        return Arguments.of(optimizer, cluster, "mlp.yaml:" + message);
    }

    /** What else the members would refuse, after the launch. */
    @ParameterizedTest
    @MethodSource("contradictions")
    void shouldRefuseBeforeTheLaunchWhenOptimizerAndClusterContradictEachOther(
            String optimizer, String cluster, String message) {
        String withOptimizer = JobTexts.mlp().replace("{sgd: {learning_rate: 0.01}}", optimizer);
        String text = withOptimizer.replace("servers: 2, mode: sync", cluster);
        assertNotEquals(JobTexts.mlp(), withOptimizer);
        assertNotEquals(withOptimizer, text);

        assertEquals(message, JobTexts.refusal(text));
    }
}
