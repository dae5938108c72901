package io.covey.trainer.training;

import com.sun.management.ThreadMXBean;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.testing.Networks;
import io.covey.trainer.testing.Samples;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/** A step of training allocates not one byte on the heap once the programs are built and compiled. */
@Timeout(180)
class StepAllocationTest {
    private static final long SEED = 5;
    private static final int WINDOWS = 10;
    /** Until all is compiled. */
    private static final int WINDOWS_MAX = 1000;

    private static final int STEPS = 6;
    private static final int BATCH = 4;
    private static final float RATE = 0.01f;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "M5")
    void shouldAllocateNothingWhenAReferenceNetworkIsTrained(Networks network) {
        assertNothingAllocated(network.model(), Optimizers.adam(RATE));
    }

    static Stream<Arguments> optimizers() {
        Map<String, Map<String, Object>> more = Map.of(
                "sgd", Map.of("momentum", 0.9, "nesterov", true, "clipvalue", 0.5),
                "adam", Map.of("amsgrad", true, "global_clipnorm", 1.0),
                "adamw", Map.of("weight_decay", 0.01, "use_ema", true, "ema_overwrite_frequency", 2),
                "rmsprop", Map.of("centered", true, "momentum", 0.5, "clipnorm", 1.0),
                "lion", Map.of("gradient_accumulation_steps", 2));
        return Stream.concat(
                Optimizers.names().stream().map(name -> argumentSet(name, Optimizers.of(name, Map.of()))),
                more.entrySet().stream()
                        .map(each -> argumentSet(
                                each.getKey() + each.getValue(), Optimizers.of(each.getKey(), each.getValue()))));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void shouldAllocateNothingWhenLayersAreDroppedNormalizedAndConstrained(Optimizer optimizer) {
        List<Layer> layers = List.of(
                layer("Dense", Map.of("units", 12, "activation", "gelu", "kernel_regularizer", "l2")),
                layer("Dropout", Map.of("rate", 0.3)),
                layer("BatchNormalization", Map.of()),
                layer("Dense", Map.of("units", 9, "activation", "elu", "kernel_constraint", "max_norm")),
                layer("LayerNormalization", Map.of()),
                layer("GaussianNoise", Map.of("stddev", 0.1)),
                layer("Dense", Map.of("units", 10, "activation", "softmax")));
        assertNothingAllocated(Model.sequential("mixed", List.of(7), layers), optimizer);
    }

    @Test
    void shouldAllocateNothingWhenSequencesAttendToEachOther() {
        SymbolicTensor words = SymbolicTensor.input("words", List.of(6, 4));
        SymbolicTensor counted = layer("Masking", Map.of()).apply(words);
        SymbolicTensor heads = layer(
                        "MultiHeadAttention",
                        Map.of("num_heads", 2, "key_dim", 3, "dropout", 0.2, "use_gate", true, "use_causal_mask", true))
                .apply(counted, counted);
        SymbolicTensor dot = layer("Attention", Map.of("use_scale", true)).apply(heads, counted);
        SymbolicTensor sum = layer("AdditiveAttention", Map.of()).apply(dot, counted);
        SymbolicTensor flat = layer("Flatten", Map.of()).apply(sum);
        Layer classes = layer(
                "Dense",
                Map.of(
                        "units",
                        10,
                        "activation",
                        "softmax",
                        "kernel_regularizer",
                        Map.of("class_name", "OrthogonalRegularizer", "config", Map.of())));
        assertNothingAllocated(
                Model.functional("attention", List.of(words), List.of(classes.apply(flat))), Optimizers.adam(RATE));
    }

    @Test
    void shouldAllocateNothingWhenStatesGoFromBatchToBatch() {
        SymbolicTensor steps = SymbolicTensor.input("steps", List.of(6, 4), BATCH);
        Map<String, Object> arguments = Map.of("units", 3, "stateful", true, "return_sequences", true);
        SymbolicTensor first = layer("LSTM", arguments).apply(steps);
        SymbolicTensor both =
                layer("Bidirectional", Map.of("layer", layer("GRU", arguments))).apply(first);
        SymbolicTensor last =
                layer("SimpleRNN", Map.of("units", 5, "stateful", true)).apply(both);
        Layer classes = layer("Dense", Map.of("units", 10, "activation", "softmax"));
        assertNothingAllocated(
                Model.functional("stateful", List.of(steps), List.of(classes.apply(last))), Optimizers.adam(RATE));
    }

    private static Layer layer(String className, Map<String, Object> arguments) {
        return LayerTypes.create(className, arguments);
    }

    private static void assertNothingAllocated(Model model, Optimizer optimizer) {
        int rows = STEPS * BATCH;
        DataPlan plan = new DataPlan(rows, BATCH, 2, true, SEED);
        TrainingSpec spec = new TrainingSpec(
                model,
                CompileOptions.of(
                        Losses.sparseCategoricalCrossentropy(),
                        Metrics.of("accuracy"),
                        Metrics.of("sparse_top_k_categorical_accuracy")),
                optimizer,
                1 / 255f,
                plan,
                null,
                null,
                SEED);
        Samples samples = Samples.random(rows, model.inputSize(), 10, SEED);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (LayerStates states = LayerStates.zero(model);
                LaneStepRunner runner = new LaneStepRunner(spec, samples.shards(plan), 1, 1, states);
                LocalGradientExchange exchange = new LocalGradientExchange(spec)) {
            long[] least = {Long.MAX_VALUE, Long.MAX_VALUE};
            int[] lengths = {1, STEPS};
            for (int window = 0; window < WINDOWS || (window < WINDOWS_MAX && least[0] != least[1]); window++) {
                for (int i = 0; i < lengths.length; i++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    runner.train(
                            new EpochPlan(0, 0, lengths[i], 0, RATE),
                            exchange,
                            (step, leaf, metrics) -> {},
                            () -> false);
                    least[i] = Math.min(least[i], threads.getCurrentThreadAllocatedBytes() - before);
                }
            }
            assertEquals(0, least[1] - least[0], "bytes of " + (STEPS - 1) + " steps, seed " + SEED);
        }
    }
}
