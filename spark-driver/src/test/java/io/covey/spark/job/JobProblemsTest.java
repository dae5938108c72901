package io.covey.spark.job;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every kind of mistake in a job file, with the exact words of its message. */
@Timeout(300)
class JobProblemsTest {
    /** A piece of the job of the design, what stands there instead, and the message. */
    static Stream<Arguments> mistakes() {
        return Stream.of(
                // Names.
                mistake("epochs: 10", "epoch: 10", "15: fit.epoch: unknown key; did you mean epochs?"),
                mistake("fit: {", "fits: {", "15: fits: unknown key; did you mean fit?"),
                mistake(
                        "epochs: 10",
                        "epochs: 10, validation_data: x",
                        "15: fit.validation_data: is no key: data.validation names them"),
                mistake(
                        "optimizer: {sgd",
                        "jit_compile: true, optimizer: {sgd",
                        "14: compile.jit_compile: is no key: a model is always compiled"),
                mistake(
                        "seed: 42",
                        "momentum: 0.9",
                        "15: fit.momentum: unknown key; known are epochs, batch_size, shuffle, seed, initial_epoch, steps_per_epoch, semantics, validation_split, validation_batch_size, validation_steps, validation_freq,"
                                + " class_weight, callbacks"),
                mistake("{sgd:", "{sdg:", "14: compile.optimizer.sdg: unknown optimizer sdg; did you mean sgd?"),
                mistake(
                        "    - flatten: {input_shape: [28, 28]}",
                        "    - conv2d: {filters: 3}",
                        "4: model.sequential.0.conv2d: Conv2D: kernel_size is missing, it must be an integer or a list of 2"),
                mistake(
                        "    - flatten: {input_shape: [28, 28]}",
                        "    - lstm: {units: 3, stateful: true, input_shape: [28, 28]}",
                        "4: model.sequential.0.lstm.stateful: LSTM: stateful is true, but the workers of a cluster, on which"
                                + " jobs run, keep no states from batch to batch: train with KerasModel in one process, or"
                                + " pass the states on as initial_state with return_state"),
                mistake(
                        "callbacks: []",
                        "callbacks: [early_stoping]",
                        "15: fit.callbacks.0.early_stoping: callback early_stoping is not known; did you mean early_stopping?"),
                mistake(
                        "callbacks: []",
                        "callbacks: [model_checkpoint: {filepath: a.weights.h5}]",
                        "15: fit.callbacks.0.model_checkpoint.filepath: ModelCheckpoint: filepath is /jobs/a.weights.h5,"
                                + " which is for weights alone: set save_weights_only, or let it end in .keras or .h5"),
                mistake(
                        "flatten: {input_shape",
                        "flatten: {imput_shape",
                        "4: model.sequential.0.flatten.imput_shape: Flatten has no argument imput_shape; did you"
                                + " mean input_shape?"),
                // Types.
                mistake(
                        "epochs: 10",
                        "epochs: ten",
                        "15: fit.epochs: is ten, wanted a whole number from 1 to 2147483647"),
                mistake(
                        "epochs: 10",
                        "epochs: \"10\"",
                        "15: fit.epochs: is \"10\", wanted a whole number from 1 to 2147483647"),
                mistake("epochs: 10", "epochs: 0", "15: fit.epochs: is 0, wanted a whole number from 1 to 2147483647"),
                mistake(
                        "epochs: 10",
                        "epochs: 3000000000",
                        "15: fit.epochs: is 3000000000, wanted a whole number from 1 to 2147483647"),
                mistake(
                        "epochs: 10",
                        "epochs: [1, 2]",
                        "15: fit.epochs: is a list, wanted a whole number from 1 to 2147483647"),
                mistake(
                        "epochs: 10",
                        "epochs: {a: 1}",
                        "15: fit.epochs: is a section, wanted a whole number from 1 to 2147483647"),
                mistake("skip: 5000", "skip: -1", "10: data.train.skip: is -1, wanted a whole number of at least 0"),
                mistake("seed: 42", "seed: 1.5", "15: fit.seed: is 1.5, wanted a whole number of 64 bits"),
                mistake("shuffle: true", "shuffle: yes", "15: fit.shuffle: is yes, wanted true or false"),
                mistake(
                        "learning_rate: 0.01",
                        "learning_rate: -1",
                        "14: compile.optimizer.sgd.learning_rate: learning_rate is -1.0, it must be at least 0 and finite"),
                mistake(
                        "learning_rate: 0.01",
                        "learning_rate: .inf",
                        "14: compile.optimizer.sgd.learning_rate: optimizer: learning_rate is .inf, it must be a number"),
                mistake(
                        "learning_rate: 0.01",
                        "learning_rate: 1e60",
                        "14: compile.optimizer.sgd.learning_rate: learning_rate is 1.0E60, it must be at least 0 and finite"),
                mistake("1/255", "1/0", "13: data.scale: is 1/0, wanted a number above 0 or a fraction like 1/255"),
                mistake("1/255", "x/2", "13: data.scale: is x/2, wanted a number above 0 or a fraction like 1/255"),
                mistake(
                        "activation: softmax",
                        "activation: sofmax",
                        "8: model.sequential.4.dense.activation: Dense: activation is sofmax; did you mean softmax?"),
                mistake("mode: sync", "mode: asyn", "16: cluster.mode: is asyn, wanted sync, local_sgd, ssp or async"),
                mistake("mode: sync", "mode: ssp", "16: cluster.staleness: is missing, mode ssp requires it"),
                mistake(
                        "mode: sync",
                        "staleness: 3",
                        "16: cluster.staleness: is 3, but mode is sync: it belongs to mode ssp"),
                mistake(
                        "servers: 2, mode: sync",
                        "mode: async, backup_workers: 1",
                        "16: cluster.backup_workers: is 1, but mode is async: they belong to mode sync"),
                mistake(
                        "servers: 2, mode: sync",
                        "backup_workers: 2",
                        "16: cluster.backup_workers: is 2, it must be below cluster.workers = 2: a step needs a worker that it"
                                + " waits for"),
                mistake(
                        "mode: sync",
                        "backup_workers: 1",
                        "16: cluster.servers: is 2, but mode is sync with backup workers, which needs {dedicated: n}: a worker"
                                + " that hosts shards holds up the others while it computes"),
                mistake(
                        "mode: sync",
                        "sync_every: 8",
                        "16: cluster.sync_every: is 8, but mode is sync: it belongs to mode local_sgd"),
                mistake(
                        "mode: sync",
                        "mode: local_sgd",
                        "16: cluster.sync_every: is missing, mode local_sgd requires it"),
                mistake(
                        "mode: sync",
                        "mode: local_sgd, sync_every: 4, replicas: 1",
                        "16: cluster.replicas: is 1, but mode is local_sgd: replicas belong to mode sync, other modes go"
                                + " back to the newest checkpoint"),
                mistake(
                        "metrics: [accuracy]",
                        "metrics: [auc]",
                        "14: compile: metric auc: y_true of shape (None,) does not fit y_pred of shape (None, 10): they must have"
                                + " the same shape"),
                mistake(
                        "metrics: [accuracy]",
                        "metrics: accuracy",
                        "14: compile.metrics: is accuracy, wanted a list like [accuracy]"),
                mistake(
                        "input_shape: [28, 28]",
                        "input_shape: []",
                        "4: model.sequential.0.flatten.input_shape: is [], wanted a list of whole numbers of at least 1 like"
                                + " [28, 28]"),
                mistake(
                        "input_shape: [28, 28]",
                        "input_shape: [28, x]",
                        "4: model.sequential.0.flatten.input_shape: is [28, x], wanted a list of whole numbers of at least 1"
                                + " like [28, 28]"),
                mistake(
                        "every: 1 epoch",
                        "every: 1 hour",
                        "17: checkpoint.every: is 1 hour, wanted an interval like 1 epoch, 2 epochs or 500 steps"),
                mistake(
                        "mode: sync",
                        "step_timeout: 30",
                        "16: cluster.step_timeout: is 30, wanted a duration like 500 ms, 30 s, 2 min or 1 h"),
                mistake(
                        "mode: sync",
                        "port: 65536",
                        "16: cluster.port: is 65536, wanted a whole number from 0 to 65535"),
                mistake(
                        "mode: sync",
                        "aeron_directory: tmp",
                        "16: cluster.aeron_directory: is tmp, wanted an absolute path on every worker's machine"),
                mistake(
                        "name: mnist-mlp",
                        "name: a/b",
                        "1: name: is a/b, wanted a name of letters, digits, '.', '_' and '-'"),
                mistake("mode: sync", "host: ' '", "16: cluster.host: is \" \", wanted some text"),
                mistake("dir: runs/mnist-mlp", "dir: [runs]", "17: checkpoint.dir: is a list, wanted a path or a URI"),
                mistake(
                        "dir: runs/mnist-mlp",
                        "dir: \"a\\0b\"",
                        "17: checkpoint.dir: is no path: Nul character not allowed"),
                mistake(
                        "fit: {epochs: 10, batch_size: 32, shuffle: true, seed: 42, callbacks: []}",
                        "fit: 10",
                        "15: fit: is 10, wanted a section with the keys epochs, batch_size, shuffle, seed, initial_epoch, steps_per_epoch, semantics, validation_split, validation_batch_size, validation_steps, validation_freq,"
                                + " class_weight, callbacks"),
                mistake(
                        "optimizer: {sgd: {learning_rate: 0.01}}",
                        "optimizer: {sgd: {}, adam: {}}",
                        "14: compile.optimizer: is a section of 2 keys, wanted the name of one optimizer or {name:"
                                + " {argument: value}}"),
                mistake(
                        "optimizer: {sgd: {learning_rate: 0.01}}",
                        "optimizer: [sgd]",
                        "14: compile.optimizer: is a list, wanted the name of one optimizer or {name: {argument: value}}"),
                mistake(
                        "{sgd: {learning_rate: 0.01}}",
                        "{sgd: 0.01}",
                        "14: compile.optimizer.sgd: is 0.01, wanted arguments as in {sgd: {argument: value}}"),
                // Missing keys.
                mistake("epochs: 10, ", "", "15: fit.epochs: is missing, it is required"),
                mistake("epochs: 10", "epochs: ", "15: fit.epochs: is missing, it is required"),
                mistake("loss: sparse_categorical_crossentropy, ", "", "14: compile.loss: is missing, it is required"),
                mistake(
                        "units: 300, ",
                        "",
                        "5: model.sequential.1.dense: Dense: units is missing, it must be an integer of at least 1"),
                mistake(
                        "  validation: {format: idx, images: data/train-images-idx3-ubyte.gz, ",
                        "  validation: {format: idx, ",
                        "11: data.validation.images: is missing, it is required"),
                mistake(
                        "fit: {epochs: 10, batch_size: 32, shuffle: true, seed: 42, callbacks: []}\n",
                        "",
                        "1: fit.epochs: is missing, it is required"),
                mistake(
                        "flatten: {input_shape: [28, 28]}",
                        "flatten",
                        "3: model.sequential: the first layer needs an input_shape, for example {input_shape: [28, 28]}"),
                // YAML.
                mistake("seed: 42", "epochs: 3", "15: fit.epochs: is given twice, first at mlp.yaml:15"),
                mistake(
                        "epochs: 10, ",
                        "epochs: 10 ]",
                        "15: is not YAML: expected ',' or '}', but got ] while parsing a flow mapping"),
                mistake("fit: {", "[a]: {}\nfit: {", "15: a key must be a name, this one is a list or a section"),
                mistake(
                        "checkpoint: {dir: runs/mnist-mlp,",
                        "checkpoint: &a {dir: *a,",
                        "17: checkpoint.dir: holds itself: an alias must not stand inside of its anchor"),
                mistake(
                        "checkpoint: {",
                        "---\n{",
                        "17: is not YAML: but found another document expected a single document in the stream"),
                // Combinations.
                mistake(
                        "virtual_shards: 4",
                        "virtual_shards: 64",
                        "16: cluster.virtual_shards: is 64, it can be at most fit.batch_size = 32: each virtual shard"
                                + " needs a sample of each batch"),
                mistake(
                        "workers: 2",
                        "workers: 5",
                        "16: cluster.workers: is 5, it can be at most cluster.virtual_shards = 4: each worker needs a"
                                + " virtual shard"),
                mistake(
                        "mode: sync",
                        "heartbeat_timeout: 900 ms",
                        "16: cluster.heartbeat_timeout: is 900 ms, it must be at least 1000 ms: workers give a sign of life"
                                + " every 500 ms"),
                mistake(
                        "callbacks: []",
                        "callbacks: [csv_logger: {filename: a, separator: ab}]",
                        "15: fit.callbacks.0.csv_logger.separator: callback csv_logger: separator is ab, it must be a single"
                                + " character"),
                mistake(
                        "mode: sync",
                        "lanes: 5",
                        "16: cluster.lanes: is 5, it can be at most cluster.virtual_shards = 4: each lane needs a virtual"
                                + " shard"),
                mistake(
                        "cluster: {workers: 2, virtual_shards: 4",
                        "cluster: {workers: 2000000000, lanes: 2",
                        "16: cluster.virtual_shards: is 2147483647, it can be at most fit.batch_size = 32: each virtual shard"
                                + " needs a sample of each batch"),
                mistake(
                        "servers: 2",
                        "servers: {dedicated: 0}",
                        "16: cluster.servers.dedicated: is 0, wanted a whole number from 1 to 2147483647"),
                mistake(
                        "servers: 2",
                        "servers: {own: 2}",
                        "16: cluster.servers: has the keys [own], wanted integer >= 1 or {dedicated: integer >= 1}"),
                mistake(
                        "servers: 2",
                        "servers: 2000",
                        "16: cluster.servers: is 2000, it can be at most 1000: each server shard has data streams of its own; without it"
                                + " there is one for each worker"),
                mistake(
                        "mode: sync",
                        "gradient_format: {top_k: {ratio: 0.1}}, replicas: 1",
                        "16: cluster.replicas: is 1, but gradient_format is top_k: what workers have yet to send is in"
                                + " checkpoints only, so a lost worker sends all back to the newest one"),
                mistake(
                        "servers: 2, mode: sync",
                        "backup_workers: 1, gradient_format: int8",
                        "16: cluster.gradient_format: or cluster.parameter_format is not float32, but mode is sync with backup"
                                + " workers: other formats belong to mode sync without backup workers"),
                mistake(
                        "units: 200, activation: relu",
                        "units: 200, activatiion: relu",
                        "6: model.sequential.2.dense.activatiion: Dense has no argument activatiion; did you mean"
                                + " activation?"),
                mistake(
                        "loss: sparse_categorical_crossentropy",
                        "loss: sparse_crossentropy",
                        "14: compile.loss.sparse_crossentropy: loss sparse_crossentropy is not known; did you mean"
                                + " binary_crossentropy?"),
                mistake(
                        "dense: {units: 200,",
                        "dense: {input_shape: [300], units: 200,",
                        "6: model.sequential.2.dense.input_shape: only the first layer has one; the others take their"
                                + " predecessor's output"),
                mistake(
                        "  sequential:",
                        "  input_shape: [784]\n  sequential:",
                        "3: model.input_shape: is [784], the first layer's is [28, 28]; give one of them"),
                mistake(
                        "    - flatten: {input_shape: [28, 28]}",
                        "    - conv2d: {filters: 3, kernel_size: 3, input_shape: [28, 28]}",
                        "4: model.sequential.0.conv2d: Conv2D: takes 3 axes per sample (and the batch axis), its input has"
                                + " shape [28, 28]"),
                mistake(
                        "input_shape: [28, 28]",
                        "input_shape: [2147483647, 2]",
                        "4: model.sequential.0.flatten: has more weights or outputs than can be counted"),
                mistake(
                        "units: 300, activation: relu}\n    - dense: {units: 200",
                        "name: a, units: 300}\n    - dense: {name: a, units: 200",
                        "3: model.sequential: two layers of model sequential are named a"));
    }

    private static Arguments mistake(String right, String wrong, String message) {
        return Arguments.of(right, wrong, "mlp.yaml:" + message);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void shouldNameLineKeyAndRemedyWhenAJobIsWrong(String right, String wrong, String message) {
        String text = JobTexts.mlp();
        assertTrue(text.contains(right), right);

        assertEquals(message, JobTexts.refusal(text.replace(right, wrong)));
    }

    @Test
    void shouldListAllProblemsByLineWhenThereAreSeveral() {
        String text = JobTexts.mlp()
                .replace("epochs: 10", "epoch: 10")
                .replace("units: 300", "units: many")
                .replace("workers: 2", "workers: 5")
                .replace("keep: 3", "keep: 0");

        assertEquals("""
                mlp.yaml has 5 problems:
                  mlp.yaml:5: model.sequential.1.dense.units: Dense: units is many, it must be an integer
                  mlp.yaml:15: fit.epoch: unknown key; did you mean epochs?
                  mlp.yaml:16: cluster.workers: is 5, it can be at most cluster.virtual_shards = 4: each worker needs a virtual shard
                  mlp.yaml:17: checkpoint.keep: is 0, wanted a whole number from 1 to 2147483647
                  --set fit.seed=x: fit.seed: is x, wanted a whole number of 64 bits""", JobTexts.refusal(text, "fit.seed=x"));
    }

    @Test
    void shouldNameTheRequiredKeysWhenTheFileIsEmpty() {
        assertEquals("""
                mlp.yaml has 4 problems:
                  mlp.yaml:1: model.sequential: is missing, it is required unless there is a functional or a file
                  mlp.yaml:1: data.train: is missing, it is required
                  mlp.yaml:1: compile.loss: is missing, it is required
                  mlp.yaml:1: fit.epochs: is missing, it is required""", JobTexts.refusal("# nothing\n"));
    }

    @Test
    void shouldSayWhatAJobIsWhenTheFileIsNoSection() {
        assertEquals(
                "mlp.yaml:1: is a list, wanted a section with the keys name, model, data, compile, fit, cluster,"
                        + " checkpoint, variants",
                JobTexts.refusal("- 1\n"));
    }

    @Test
    void shouldShortenTheValueWhenItIsLong() {
        String message = JobTexts.refusal(JobTexts.mlp().replace("seed: 42", "seed: " + "x".repeat(1000)));

        assertEquals("mlp.yaml:15: fit.seed: is " + "x".repeat(60) + "..., wanted a whole number of 64 bits", message);
    }

    @Test
    void shouldRefuseWhenWeightsCannotBeCounted() {
        String text =
                JobTexts.mlp().replace("units: 300", "units: 2147483647").replace("units: 200", "units: 2147483647");

        assertEquals(
                "mlp.yaml:7: model.sequential.3.dense: has more weights or outputs than can be counted",
                JobTexts.refusal(text.replace("units: 100", "units: 2147483647").replace("units: 10,", "units: 1,")));
    }
}
