package io.covey.trainer.training;

import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.Program.Mode;
import java.util.EnumMap;
import java.util.Map;

/**
 * The programs of one lane, one for each size of micro-batch and mode, built when first needed. Used by one thread at a time.
 */
final class LanePrograms implements AutoCloseable {
    private final TrainingSpec spec;
    private final Map<Mode, Program[]> programs = new EnumMap<>(Mode.class);

    /** @param largestMicroBatch of all splits and shards */
    LanePrograms(TrainingSpec spec, int largestMicroBatch) {
        this.spec = spec;
        for (Mode mode : Mode.values()) {
            programs.put(mode, new Program[largestMicroBatch + 1]);
        }
    }

    /** A program that holds the next {@code rows} rows of a block in the given order, from place {@code first} on. */
    Program load(Mode mode, SampleBlock block, DataPlan.EpochOrder order, long first, int rows) {
        Program program = program(mode, rows);
        int features = block.features();
        byte[] data = block.data();
        int[] labels = block.labels();
        for (int row = 0; row < rows; row++) {
            int slot = (int) order.slot(first + row);
            program.put(row, data, slot * features, labels[slot]);
        }
        return program;
    }

    private Program program(Mode mode, int rows) {
        Program[] ofMode = programs.get(mode);
        if (ofMode[rows] == null) {
            ofMode[rows] = Program.compile(spec.model(), spec.loss(), InputFormat.UINT8, spec.inputScale(), rows, mode);
        }
        return ofMode[rows];
    }

    @Override
    public void close() {
        for (Program[] ofMode : programs.values()) {
            for (Program program : ofMode) {
                if (program != null) {
                    program.close();
                }
            }
        }
    }
}
