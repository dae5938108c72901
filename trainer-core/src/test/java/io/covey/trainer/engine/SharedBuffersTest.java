package io.covey.trainer.engine;

import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.gradients.LayerSpecimens;
import io.covey.trainer.gradients.Projection;
import io.covey.trainer.gradients.Specimen;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.testing.Models;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** No operation reads what others have written into memory that it shares with them. */
@Timeout(120)
class SharedBuffersTest {
    private static final long SEED = 6;
    private static final int ROWS = 3;

    static Stream<Specimen> specimens() {
        return LayerSpecimens.byClass().values().stream().flatMap(List::stream);
    }

    /** What a run gives. */
    private record Outcome(double loss, List<Float> numbers) {}

    @ParameterizedTest
    @MethodSource("specimens")
    void shouldGiveTheSameBitsWhenBuffersShareMemoryThatHoldsAnything(Specimen specimen) {
        Model model = specimen.model();
        List<float[]> inputs = specimen.inputs(ROWS, new SplittableRandom(SEED));
        List<Outcome> outcomes = new ArrayList<>();
        for (boolean reuse : new boolean[] {false, true}) {
            try (NativeFloats parameters = Models.initialValues(model, SEED);
                    NativeFloats gradient = NativeFloats.allocate(model.layout().length());
                    Program program = compile(specimen, model, reuse)) {
                for (int run = 0; run < 2; run++) {
                    program.erase();
                    put(program, specimen, inputs);
                    outcomes.add(run(program, model, parameters, gradient));
                }
            }
        }
        for (Outcome outcome : outcomes) {
            assertEquals(outcomes.get(0), outcome, specimen + ", seed " + SEED);
        }
    }

    private static Program compile(Specimen specimen, Model model, boolean reuse) {
        NativeLibraries.setThreadsOfThisThread(1);
        List<InputFormat> formats = IntStream.range(0, model.inputs().size())
                .mapToObj(i -> isInteger(specimen, i) ? InputFormat.INT32 : InputFormat.FLOAT32)
                .toList();
        return Program.compile(
                model,
                new Projection(SEED),
                formats,
                1f,
                ROWS,
                new ProgramOptions(specimen.training(), true, true, false),
                reuse);
    }

    private static boolean isInteger(Specimen specimen, int input) {
        return input == 0 && specimen.integers() > 0;
    }

    private static void put(Program program, Specimen specimen, List<float[]> inputs) {
        List<Column> columns = new ArrayList<>();
        for (float[] values : inputs) {
            int width = values.length / ROWS;
            columns.add(
                    isInteger(specimen, columns.size())
                            ? new Column.Ints(
                                    width,
                                    IntStream.range(0, values.length)
                                            .map(i -> (int) values[i])
                                            .toArray())
                            : new Column.Floats(width, values));
        }
        SampleBlock block = new SampleBlock(ROWS, columns, List.of(), null);
        for (int row = 0; row < ROWS; row++) {
            program.put(row, block, row);
        }
    }

    private static Outcome run(Program program, Model model, NativeFloats parameters, NativeFloats gradient) {
        MetricState metrics = MetricState.zero(Projection.STATE_LENGTH);
        program.seed(SEED, 1, 2);
        program.forwardBackward(parameters.address(), gradient.address(), false, metrics);
        List<Float> numbers = new ArrayList<>();
        for (float value : gradient.get(0, (int) gradient.length())) {
            numbers.add(value);
        }
        for (int i = 0; i < model.inputs().size(); i++) {
            for (int k = 0; k < program.inputGradient(i).capacity(); k++) {
                numbers.add(program.inputGradient(i).get(k));
            }
        }
        for (int i = 0; i < model.outputs().size(); i++) {
            for (int k = 0; k < program.outputs(i).capacity(); k++) {
                numbers.add(program.outputs(i).get(k));
            }
        }
        return new Outcome(metrics.get(1), numbers);
    }
}
