package io.covey.trainer.training;

import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.Program.Mode;
import java.util.EnumMap;
import java.util.Map;

/**
 * The programs of one lane, one for each size of micro-batch, input format and mode, built when first needed. Used by one
 * thread at a time.
 */
final class LanePrograms implements AutoCloseable {
    private final TrainingSpec spec;
    private final Map<Mode, Map<InputFormat, Program[]>> programs = new EnumMap<>(Mode.class);

    /** @param largestMicroBatch of all splits and shards */
    LanePrograms(TrainingSpec spec, int largestMicroBatch) {
        this.spec = spec;
        for (Mode mode : Mode.values()) {
            Map<InputFormat, Program[]> ofMode = new EnumMap<>(InputFormat.class);
            for (InputFormat format : InputFormat.values()) {
                ofMode.put(format, new Program[largestMicroBatch + 1]);
            }
            programs.put(mode, ofMode);
        }
    }

    /** A program that holds the next {@code rows} rows of a block in the given order, from place {@code first} on. */
    Program load(Mode mode, SampleBlock block, DataPlan.EpochOrder order, long first, int rows) {
        int features = block.features();
        int[] labels = block.labels();
        if (block.isFloat()) {
            Program program = program(mode, InputFormat.FLOAT32, rows);
            for (int row = 0; row < rows; row++) {
                int slot = (int) order.slot(first + row);
                program.put(row, block.floats(), slot * features, labels[slot]);
            }
            return program;
        }
        Program program = program(mode, InputFormat.UINT8, rows);
        for (int row = 0; row < rows; row++) {
            int slot = (int) order.slot(first + row);
            program.put(row, block.data(), slot * features, labels[slot]);
        }
        return program;
    }

    private Program program(Mode mode, InputFormat format, int rows) {
        Program[] bySize = programs.get(mode).get(format);
        if (bySize[rows] == null) {
            bySize[rows] = Program.compile(spec.model(), spec.loss(), format, spec.inputScale(), rows, mode);
        }
        return bySize[rows];
    }

    @Override
    public void close() {
        for (Map<InputFormat, Program[]> ofMode : programs.values()) {
            for (Program[] bySize : ofMode.values()) {
                for (Program program : bySize) {
                    if (program != null) {
                        program.close();
                    }
                }
            }
        }
    }
}
