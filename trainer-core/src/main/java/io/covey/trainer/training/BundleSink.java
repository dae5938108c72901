package io.covey.trainer.training;

import io.covey.trainer.checkpoint.CheckpointParts;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import java.util.List;

/**
 * Writes the checkpoints of an in-process run as the servers of a cluster write theirs: either can be resumed by the other.
 *
 * @param files where they go
 * @param spec what is trained
 */
public record BundleSink(FileStore files, TrainingSpec spec) implements CheckpointSink {
    private static final String ATTEMPT = "local";

    @Override
    public void write(String checkpointPrefix, TrainingState state, NativeFloats parameters, List<NativeFloats> slots) {
        ParameterLayout layout = spec.model().layout();
        new CheckpointParts(files, checkpointPrefix, ATTEMPT, 1)
                .write(layout, parameters, spec.optimizer().slots(), slots, state);
    }
}
