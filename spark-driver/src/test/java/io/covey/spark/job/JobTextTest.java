package io.covey.spark.job;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class JobTextTest {
    @Test
    void shouldReadBackTheSameJobWhenTheEffectiveFileIsLoadedElsewhere() {
        JobConfig job = JobTexts.parse(
                JobTexts.mlp(),
                "fit.callbacks=[csv_logger: {filename: log.csv, separator: \"\\t\"}]",
                "cluster.master=local[2]",
                "cluster.host=127.0.0.1",
                "cluster.aeron_directory=/dev/shm",
                "cluster.start_timeout=1500 ms",
                "cluster.step_timeout=90 s",
                "cluster.shutdown_timeout=2 h",
                "checkpoint.every=20 steps",
                "model.sequential.1.dense.name=first",
                "model.sequential.2.dense.use_bias=false",
                "model.name=m",
                "data.validation.limit=12345678901");

        String text = job.effectiveYaml();
        JobConfig again = JobFile.parse("other.yaml", text, "/elsewhere", List.of());

        assertEquals(text, again.effectiveYaml());
        assertEquals(job.canonicalText(), again.canonicalText());
        assertEquals(job.data(), again.data());
        assertEquals(job.compile(), again.compile());
        assertEquals(job.fit(), again.fit());
        assertEquals(job.cluster(), again.cluster());
        assertEquals(job.checkpoint(), again.checkpoint());
        assertEquals(job.name(), again.name());
    }

    @Test
    void shouldWriteEveryKeyWithItsDefault() {
        assertEquals("""
                name: mlp
                model:
                  name: sequential
                  input_shape: [4]
                  sequential:
                  - dense: {units: 3, activation: softmax}
                data:
                  train: {format: idx, images: /jobs/x, labels: /jobs/y, skip: 0}
                  scale: 1.0
                compile:
                  optimizer: sgd
                  loss: sparse_categorical_crossentropy
                  loss_weights: []
                  metrics: []
                  weighted_metrics: []
                fit:
                  epochs: 2
                  batch_size: 32
                  shuffle: true
                  seed: 42
                  initial_epoch: 0
                  steps_per_epoch: 0
                  semantics: keras3
                  validation_split: 0.0
                  validation_batch_size: 32
                  validation_steps: 0
                  validation_freq: 1
                  class_weight: {}
                  callbacks: []
                cluster: {workers: 1, virtual_shards: 1, servers: 1, mode: sync, lanes: 1, min_workers: 1, replicas: 1, start_timeout: 2 min, connect_timeout: 10 s, step_timeout: 1 min, heartbeat_timeout: 10 s, checkpoint_timeout: 5 min, shutdown_timeout: 5 s, port: 0, encrypt: false}
                checkpoint: {dir: /jobs/runs/mlp, every: 1 epoch, keep: 3}
                """, JobTexts.parse(JobTexts.MINIMAL).effectiveYaml());
    }

    /** As a resume does: it reads the job in effect and sets keys of it. */
    @Test
    void shouldTakeOtherNumbersOfWorkersWhenTheJobInEffectIsReadAgain() {
        String effective = JobTexts.parse(JobTexts.mlp()).effectiveYaml();

        for (int workers : new int[] {1, 3, 4}) {
            JobConfig.Cluster cluster =
                    JobTexts.parse(effective, "cluster.workers=" + workers).cluster();
            assertEquals(workers, cluster.maxWorkers());
        }
        String elastic = JobTexts.parse(JobTexts.mlp(), "cluster.max_workers=3").effectiveYaml();
        assertEquals(3, JobTexts.parse(elastic, "cluster.workers=1").cluster().maxWorkers());
    }

    @Test
    void shouldNameWhatDecidesTheBitsAndNothingElse() {
        assertEquals("""
                model.input_shape: [4]
                model.sequential.0.dense.units: 3
                model.sequential.0.dense.activation: softmax
                data.train.format: idx
                data.train.images: x
                data.train.labels: y
                data.train.skip: 0
                data.scale: 1.0
                compile.optimizer: sgd
                compile.loss: sparse_categorical_crossentropy
                compile.loss_weights: []
                compile.metrics: []
                compile.weighted_metrics: []
                fit.batch_size: 32
                fit.shuffle: true
                fit.seed: 42
                cluster.virtual_shards: 1
                cluster.mode: sync
                """, JobTexts.parse(JobTexts.MINIMAL).canonicalText());
    }

    @Test
    void shouldNameWireFormatsThatAreNotTheDefault() {
        String text = JobTexts.parse(JobTexts.MINIMAL
                        + "cluster: {gradient_format: {top_k: {ratio: 0.1}}, parameter_format: float32}\n")
                .canonicalText();
        assertTrue(text.endsWith("cluster.mode: sync\ncluster.gradient_format.top_k.ratio: 0.1\n"), text);
    }

    @Test
    void shouldKeepTheHashFromReleaseToRelease() {
        assertEquals(
                "cd83233b8c24dabe4b03b8d2de3000cb06f91d66dfc2e2ef157868b0516a81b9",
                JobTexts.parse(JobTexts.MINIMAL).configurationHash(),
                "a change of the canonical text makes every checkpoint of the past refuse to resume");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name=other",
                "model.name=other",
                "fit.epochs=11",
                "fit.callbacks=[csv_logger: {filename: log.csv}]",
                "cluster.workers=4",
                "cluster.servers=3",
                "cluster.lanes=2",
                "cluster.master=local[2]",
                "cluster.step_timeout=2 min",
                "cluster.port=4711",
                "cluster.host=h",
                "checkpoint.dir=elsewhere",
                "checkpoint.every=5 steps",
                "checkpoint.keep=1",
                "data.train.images=elsewhere/train-images-idx3-ubyte.gz"
            })
    void shouldKeepTheHashWhenTheBitsStay(String change) {
        JobConfig job = JobTexts.parse(JobTexts.mlp());
        JobConfig changed = JobTexts.parse(JobTexts.mlp(), change);

        assertEquals(job.configurationHash(), changed.configurationHash());
        assertEquals(List.of(), JobText.differences(job.canonicalText(), changed.canonicalText()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.sequential.1.dense.units=301",
                "model.sequential.1.dense.activation=linear",
                "model.sequential.1.dense.use_bias=false",
                "model.sequential.1.dense.kernel_initializer=zeros",
                "model.sequential.0.flatten.input_shape=[14, 56]",
                "data.train.images=other",
                "data.train.skip=1",
                "data.train.limit=1",
                "data.scale=1/256",
                "compile.optimizer.sgd.learning_rate=0.02",
                "compile.metrics=[]",
                "fit.batch_size=64",
                "fit.shuffle=false",
                "fit.seed=43",
                "cluster.virtual_shards=8"
            })
    void shouldChangeTheHashAndNameTheKeyWhenTheBitsChange(String change) {
        JobConfig job = JobTexts.parse(JobTexts.mlp());
        JobConfig changed = JobTexts.parse(JobTexts.mlp(), change);

        assertNotEquals(job.configurationHash(), changed.configurationHash());
        List<String> differences = JobText.differences(job.canonicalText(), changed.canonicalText());
        String key = change.substring(0, change.indexOf('='));
        assertEquals(1, differences.size(), differences.toString());
        assertTrue(
                differences.get(0).startsWith(key.equals("model.sequential.0.flatten.input_shape") ? "model." : key),
                differences.toString());
    }

    @Test
    void shouldSayBothValuesWhenCanonicalTextsDiffer() {
        assertEquals(
                List.of(
                        "fit.batch_size is 64, the checkpoint has 32",
                        "data.train.limit is not set, the checkpoint has 5",
                        "fit.seed is 1, the checkpoint has none"),
                JobText.differences(
                        "fit.batch_size: 32\ndata.train.limit: 5\ndata.scale: 1\n",
                        "fit.batch_size: 64\nfit.seed: 1\ndata.scale: 1\n"));
    }
}
