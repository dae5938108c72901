package io.covey.trainer.testing;

import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.ProgramOptions;
import io.covey.trainer.engine.loss.CompiledObjective;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import java.util.Arrays;
import java.util.List;

/** Programs of models with one input that end in a softmax, fed row by row. */
public final class Programs {
    private Programs() {}

    public static Program compile(Model model, InputFormat format, float scale, int rows, ProgramOptions options) {
        return Program.compile(
                model,
                new CompiledObjective(
                        model, CompileOptions.of(Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy"))),
                List.of(format),
                scale,
                rows,
                options);
    }

    /** Sets row {@code row} from all numbers of {@code source} at {@code offset} that the model takes. */
    public static void put(Program program, Model model, int row, byte[] source, int offset, int label) {
        int width = model.inputSize();
        byte[] values = Arrays.copyOfRange(source, offset, offset + width);
        program.put(row, new SampleBlock(width, values, new int[] {label}), 0);
    }

    public static void put(Program program, Model model, int row, float[] source, int offset, int label) {
        int width = model.inputSize();
        float[] values = Arrays.copyOfRange(source, offset, offset + width);
        program.put(row, new SampleBlock(width, values, new int[] {label}), 0);
    }
}
