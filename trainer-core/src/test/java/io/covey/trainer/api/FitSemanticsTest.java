package io.covey.trainer.api;

import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.History;
import io.covey.trainer.callbacks.LearningRateScheduler;
import io.covey.trainer.callbacks.Semantics;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.OutputOptions;
import io.covey.trainer.optimizer.Optimizers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.covey.trainer.activations.Activation.LINEAR;
import static io.covey.trainer.api.FitArguments.fit;
import static io.covey.trainer.api.InferenceArguments.inference;
import static io.covey.trainer.api.Layers.dense;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What Keras 2 and Keras 3 gave to callbacks in a fit of 8 samples in batches of 4. */
@Timeout(60)
class FitSemanticsTest {
    private static final String KERAS2_TRAIN =
            "loss left_loss right_loss left_mae left_weighted_mae left_mse right_mse";
    private static final String KERAS3_TRAIN =
            "left_loss left_mae left_mse left_weighted_mae loss right_loss right_mse";

    @TempDir
    private Path folder;

    private final List<String> events = new ArrayList<>();

    private final Callback tracer = new Callback() {
        @Override
        public void onEpochBegin(int epoch) {
            events.add("epoch");
        }

        @Override
        public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
            events.add("train " + batch + keys(logs));
        }

        @Override
        public void onTestBegin() {
            events.add("test");
        }

        @Override
        public void onTestBatchBegin(long batch) {
            events.add("begin " + batch);
        }

        @Override
        public void onTestBatchEnd(long batch, Map<String, Double> logs) {
            events.add("end " + batch);
        }

        @Override
        public void onTestEnd(Map<String, Double> logs) {
            events.add("tested" + keys(logs));
        }

        @Override
        public void onEpochEnd(int epoch, Map<String, Double> logs) {
            events.add("logs" + keys(logs));
        }
    };

    private static String keys(Map<String, ?> logs) {
        return logs.isEmpty() ? "" : ": " + String.join(" ", logs.keySet());
    }

    private static INDArray values(int rows, int columns) {
        return Nd4j.linspace(-1, 1, (long) rows * columns, DataType.FLOAT).reshape(rows, columns);
    }

    private static Dataset data(int rows, int outputs) {
        return Dataset.of(List.of(values(rows, 3)), Collections.nCopies(outputs, values(rows, 1)));
    }

    private static KerasModel oneOutput() {
        return KerasModel.sequential(Layers.input(3), dense(1, LINEAR)).compile("sgd", "mse", "mae");
    }

    private static KerasModel twoOutputs() {
        SymbolicTensor x = SymbolicTensor.input(3);
        return KerasModel.functional(
                        List.of(x),
                        List.of(
                                dense(1, LINEAR).named("left").apply(x),
                                dense(1, LINEAR).named("right").apply(x)))
                .compile(
                        Optimizers.sgd(0.01),
                        CompileOptions.of(
                                OutputOptions.of(Losses.meanSquaredError())
                                        .metrics(Metrics.of("mae"))
                                        .weightedMetrics(Metrics.of("mae"), Metrics.of("mse")),
                                OutputOptions.of(Losses.meanSquaredError()).metrics(Metrics.of("mse"))));
    }

    private static String validated(String names) {
        return " " + ("val_" + names).replace(" ", " val_");
    }

    @ParameterizedTest
    @CsvSource({"KERAS2, " + KERAS2_TRAIN + ", lr", "KERAS3, " + KERAS3_TRAIN + ", learning_rate"})
    void shouldLogInTheOrderOfKerasWhenOutputsHaveMetrics(Semantics semantics, String train, String added)
            throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        LearningRateScheduler scheduler =
                Callbacks.learningRateScheduler((epoch, rate) -> rate).semantics(semantics);
        Callback csv = Callbacks.of(
                "csv_logger", Map.of("filename", folder.resolve("log.csv").toString()));
        Callback bar = Callbacks.progbarLogger()
                .verbose(2)
                .semantics(semantics)
                .out(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try (KerasModel model = twoOutputs()) {
            History history = model.fit(
                    data(8, 2),
                    fit().batchSize(4)
                            .validationData(data(8, 2))
                            .semantics(semantics)
                            .callbacks(tracer, csv, scheduler, bar));

            String all = train + validated(train);
            assertEquals("train 1: " + train, events.get(2));
            assertEquals("tested: " + train, events.get(events.size() - 2));
            assertEquals("logs: " + all, events.get(events.size() - 1));
            assertEquals(": " + all + " " + added, keys(history.metrics()));
            List<String> shown = Pattern.compile("(\\w+): ")
                    .matcher(printed.toString(StandardCharsets.UTF_8))
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            assertEquals(all + " " + added, String.join(" ", shown));
            List<String> columns =
                    List.of(Files.readAllLines(folder.resolve("log.csv")).get(0).split(",", -1));
            assertEquals(
                    columns.subList(1, columns.size()).stream().sorted().toList(), columns.subList(1, columns.size()));
        }
    }

    @Test
    void shouldSortTheValidationAmongTheRestWhenANameComesAfterIt() {
        try (KerasModel model = oneOutput()) {
            model.compile(
                    Optimizers.sgd(0.1),
                    Losses.meanSquaredError(),
                    Metrics.of("mae").named("zz"));
            model.fit(data(8, 1), fit().verbose(0).validationData(data(8, 1)).callbacks(tracer));
            assertEquals("logs: loss val_loss val_zz zz", events.get(events.size() - 1));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "KERAS2, 7, begin 0 end 0 begin 1 end 1 begin 2 end 2 begin 3, ''",
        "KERAS2, 3, begin 0 end 0 begin 1 end 1 begin 2 end 2, begin 0 end 0 begin 1 end 1 begin 2 end 2",
        "KERAS3, 7, begin 0 end 0 begin 1 end 1 begin 2 end 2, begin 0 end 0 begin 1 end 1 begin 2 end 2",
        "KERAS3, 2147483647, begin 0 end 0 begin 1 end 1 begin 2 end 2, begin 0 end 0 begin 1 end 1 begin 2 end 2",
        "KERAS3, 2, begin 0 end 0 begin 1 end 1, begin 0 end 0 begin 1 end 1"
    })
    void shouldValidateAsKerasWhenValidationStepsAreNotTheBatchesOfTheData(
            Semantics semantics, int steps, String first, String second) {
        try (KerasModel model = oneOutput()) {
            History history = model.fit(
                    data(8, 1),
                    fit().batchSize(4)
                            .epochs(2)
                            .verbose(0)
                            .validationData(data(10, 1))
                            .validationSteps(steps)
                            .semantics(semantics)
                            .callbacks(tracer));
            String epoch = "epoch train 0: loss mae train 1: loss mae test ";
            String tested = " tested: loss mae logs: loss mae val_loss val_mae";
            assertEquals(
                    epoch + first + tested + " " + epoch + second
                            + (second.isEmpty() ? "tested logs: loss mae" : tested),
                    String.join(" ", events));
            assertEquals(
                    second.isEmpty() ? 1 : 2, history.metrics().get("val_loss").size());
        }
    }

    @Test
    void shouldCountToTheStepsAskedForWhenTheDataHaveLess() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Callback bar = Callbacks.progbarLogger().verbose(2).out(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try (KerasModel model = oneOutput()) {
            model.fit(data(8, 1), fit().batchSize(4).stepsPerEpoch(5).callbacks(bar));
            model.evaluate(
                    data(8, 1), inference().batchSize(4).steps(6).verbose(0).callbacks(bar));
            model.predict(
                    data(8, 1), inference().batchSize(4).steps(7).verbose(0).callbacks(bar));
        }
        String text = printed.toString(StandardCharsets.UTF_8);
        assertTrue(text.matches("(?s)5/5 - .*\n6/6 - .*\n7/7 - [^\n]*\n"), text);
    }
}
