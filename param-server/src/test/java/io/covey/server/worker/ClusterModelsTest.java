package io.covey.server.worker;

import io.covey.server.security.JobSecurity;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.layers.convolutional.Conv2D;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.model.Model;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.LocalTrainingBackend;
import io.covey.trainer.training.TrainingBackend;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Models whose layers draw random numbers, hold state of their own, or are computed in pieces. */
@Timeout(300)
class ClusterModelsTest {
    private static final int EPOCHS = 2;

    static Stream<Model> models() {
        return Stream.of(attention(), recurrent(), normalized(), inMicroBatches());
    }

    private static Model attention() {
        SymbolicTensor input = SymbolicTensor.input("steps", List.of(TestJob.SIDE, TestJob.SIDE));
        SymbolicTensor heads = layer("MultiHeadAttention", Map.of("num_heads", 2, "key_dim", 3, "dropout", 0.2))
                .apply(input, input);
        SymbolicTensor groups = layer(
                        "GroupQueryAttention", Map.of("head_dim", 3, "num_query_heads", 4, "num_key_value_heads", 2))
                .apply(heads, input);
        Layer orthogonal = layer(
                "Dense",
                Map.of(
                        "units",
                        6,
                        "kernel_regularizer",
                        Map.of("class_name", "OrthogonalRegularizer", "config", Map.of("factor", 0.05))));
        SymbolicTensor output =
                classes().apply(orthogonal.apply(layer("Flatten", Map.of()).apply(groups)));
        return Model.functional("attention", List.of(input), List.of(output));
    }

    private static Model recurrent() {
        return model("recurrent", layer("LSTM", Map.of("units", 6, "dropout", 0.2, "recurrent_dropout", 0.1)));
    }

    private static Model normalized() {
        return model(
                "normalized",
                layer("Flatten", Map.of()),
                layer("BatchNormalization", Map.of("momentum", 0.8)),
                layer("GaussianNoise", Map.of("stddev", 0.1)));
    }

    /** The four samples of a virtual shard have more numbers than the caches are taken to hold. */
    private static Model inMicroBatches() {
        return model(
                "in_micro_batches",
                layer("Reshape", Map.of("target_shape", List.of(TestJob.SIDE, TestJob.SIDE, 1))),
                layer("UpSampling2D", Map.of("size", 16)),
                new Conv2D(64, 1, Activation.RELU),
                layer("GlobalAveragePooling2D", Map.of()),
                layer("Dropout", Map.of("rate", 0.3)));
    }

    private static Model model(String name, Layer... layers) {
        return Model.sequential(
                name,
                List.of(TestJob.SIDE, TestJob.SIDE),
                Stream.concat(Stream.of(layers), Stream.of(classes())).toList());
    }

    private static Layer classes() {
        return new Dense(TestJob.CLASSES, Activation.SOFTMAX);
    }

    private static Layer layer(String className, Map<String, Object> arguments) {
        return LayerTypes.create(className, arguments);
    }

    private static TrainingLoop loop(TrainingBackend backend, TrainingSpec spec) {
        return new TrainingLoop(backend, spec, FitOptions.of(EPOCHS, null), List.of());
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldGiveTheWeightsOfTheLocalBackendOnAnyNumberOfWorkers(Model model) {
        TrainingSpec spec = TestJob.spec(model);
        String expected;
        try (TrainingBackend backend = new LocalTrainingBackend(
                spec, TestJob.load(Set.of(0, 1, 2, 3)), 1, (prefix, state, parameters, slots) -> {})) {
            loop(backend, spec).fit();
            expected = backend.weightsSha256();
        }
        for (int workers = 1; workers <= 3; workers++) {
            try (TestCluster cluster = new TestCluster(
                            spec, workers, workers, 0, TestCluster.TIMEOUTS, new LocalFileStore(), JobSecurity.random())
                    .start(workers)) {
                loop(cluster.coordinator(), spec).fit();
                assertEquals(
                        expected, cluster.coordinator().weightsSha256(), model.name() + ", " + workers + " workers");
            }
        }
    }
}
