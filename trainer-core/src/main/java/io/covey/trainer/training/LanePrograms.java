package io.covey.trainer.training;

import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.ProgramOptions;
import io.covey.trainer.engine.loss.CompiledObjective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The programs of one lane, one for each size of micro-batch, input formats and use, built when first needed. Used by one
 * thread at a time.
 */
final class LanePrograms implements AutoCloseable {
    private final TrainingSpec spec;
    private final CompiledObjective objective;
    /** Keras' class weights are an argument of fit: they count in training only. */
    private final CompiledObjective evaluated;

    private final List<OfFormats> byFormats = new ArrayList<>();

    /** Programs for blocks whose columns have these formats, by size of the micro-batch. */
    private static final class OfFormats {
        final List<InputFormat> formats;
        Program[] training = {};
        Program[] inference = {};

        OfFormats(List<InputFormat> formats) {
            this.formats = formats;
        }

        /** The programs for one use, with room for this size. */
        Program[] bySize(boolean forTraining, int rows) {
            if (forTraining) {
                training = withRoomFor(rows, training);
                return training;
            }
            inference = withRoomFor(rows, inference);
            return inference;
        }

        private static Program[] withRoomFor(int rows, Program[] programs) {
            return rows < programs.length ? programs : Arrays.copyOf(programs, rows + 1);
        }

        /** Without an iterator: this is asked in every step. */
        boolean fits(SampleBlock block) {
            for (int i = 0; i < formats.size(); i++) {
                if (InputFormat.of(block.inputs().get(i)) != formats.get(i)) {
                    return false;
                }
            }
            return true;
        }
    }

    LanePrograms(TrainingSpec spec) {
        this.spec = spec;
        this.objective = new CompiledObjective(spec.model(), spec.compile());
        this.evaluated = new CompiledObjective(spec.model(), spec.compile().withClassWeights(Map.of()));
    }

    /** A program that holds the next {@code rows} rows of a block in the given order, from place {@code first} on. */
    Program load(boolean training, SampleBlock block, DataPlan.EpochOrder order, long first, int rows) {
        Program program = program(training, block, rows);
        for (int row = 0; row < rows; row++) {
            program.put(row, block, (int) order.slot(first + row));
        }
        return program;
    }

    private Program program(boolean training, SampleBlock block, int rows) {
        OfFormats programs = ofFormats(block);
        Program[] bySize = programs.bySize(training, rows);
        if (bySize[rows] == null) {
            bySize[rows] = Program.compile(
                    spec.model(),
                    training ? objective : evaluated,
                    programs.formats,
                    spec.inputScale(),
                    rows,
                    training ? ProgramOptions.TRAINING : ProgramOptions.INFERENCE);
        }
        return bySize[rows];
    }

    private OfFormats ofFormats(SampleBlock block) {
        for (int i = 0; i < byFormats.size(); i++) {
            if (byFormats.get(i).fits(block)) {
                return byFormats.get(i);
            }
        }
        OfFormats made =
                new OfFormats(block.inputs().stream().map(InputFormat::of).toList());
        byFormats.add(made);
        return made;
    }

    @Override
    public void close() {
        for (OfFormats programs : byFormats) {
            close(programs.training);
            close(programs.inference);
        }
    }

    private static void close(Program[] programs) {
        for (Program program : programs) {
            if (program != null) {
                program.close();
            }
        }
    }
}
