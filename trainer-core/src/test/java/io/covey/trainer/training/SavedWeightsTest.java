package io.covey.trainer.training;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.MemoryFileStore;
import io.covey.trainer.callbacks.ModelCheckpoint;
import io.covey.trainer.checkpoint.TensorBundleReader;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Samples;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(60)
class SavedWeightsTest {
    @Test
    void shouldSaveTheWeightsAsTensorFlowCheckpointWhenAnEpochEnds() {
        Model model = Models.mlp(List.of(3), 4, 2);
        TrainingSpec spec = spec(model);
        byte[] x = {1, 2, 3, 3, 2, 1, 0, 1, 0, 1, 0, 1};
        List<VirtualShard> shards = Samples.shards(spec.train(), new Samples(3, x, new int[] {0, 1, 0, 1}), null, null);
        MemoryFileStore files = new MemoryFileStore();
        ModelCheckpoint callback = Callbacks.modelCheckpoint("run/w{epoch:02d}").files(files);
        try (LocalTrainingBackend backend = new LocalTrainingBackend(spec, shards, 1, (p, s, w, slots) -> {
            throw new AssertionError("no checkpoint was asked for");
        })) {
            new TrainingLoop(backend, spec, FitOptions.of(2, null), List.of(callback)).fit();
            assertEquals(
                    List.of(
                            "checkpoint",
                            "w01.data-00000-of-00001",
                            "w01.index",
                            "w02.data-00000-of-00001",
                            "w02.index"),
                    files.list("run"));
            try (TensorBundleReader reader = TensorBundleReader.open(files, "run/w02")) {
                reader.validate();
                for (ParameterSpec parameter : model.layout().parameters()) {
                    int size = (int) parameter.size();
                    try (NativeFloats saved = NativeFloats.allocate(size)) {
                        reader.readFloats(parameter.checkpointKey() + "/.ATTRIBUTES/VARIABLE_VALUE", saved);
                        assertArrayEquals(backend.parameters().get(parameter.offset(), size), saved.get(0, size));
                    }
                }
            }
        }
    }

    private static TrainingSpec spec(Model model) {
        return new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy()),
                new Sgd(0.1),
                1f,
                new DataPlan(4, 2, 1, false, 0),
                null,
                null,
                0);
    }

    private static List<String> paths(Model model) {
        TrainingSpec spec = spec(model);
        List<VirtualShard> shards =
                Samples.shards(spec.train(), new Samples(3, new byte[12], new int[] {0, 1, 0, 1}), null, null);
        List<String> paths = new ArrayList<>();
        Callback callback = Callbacks.lambda()
                .onTrainBegin(training -> training.weights().forEach(weight -> paths.add(weight.path())));
        try (LocalTrainingBackend backend = new LocalTrainingBackend(spec, shards, 1, (p, s, w, slots) -> {
            throw new AssertionError("no checkpoint was asked for");
        })) {
            new TrainingLoop(backend, spec, FitOptions.of(1, null), List.of(callback)).fit();
        }
        return paths;
    }

    @Test
    void shouldNameWeightsAsKerasDoesInItsEventFiles() {
        assertEquals(
                List.of("q/dense/kernel", "q/dense/bias"),
                paths(Model.sequential("q", List.of(3), List.of(new Dense(2, Activation.SOFTMAX)))));
        SymbolicTensor input = SymbolicTensor.input("i", List.of(3));
        SymbolicTensor output = new Dense(2, Activation.SOFTMAX).apply(input);
        assertEquals(
                List.of("dense/kernel", "dense/bias"), paths(Model.functional("f", List.of(input), List.of(output))));
    }
}
