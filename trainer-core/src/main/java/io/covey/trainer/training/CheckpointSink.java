package io.covey.trainer.training;

import io.covey.trainer.memory.NativeFloats;
import java.io.IOException;
import java.util.List;

/** Writes checkpoints of an in-process run. */
@FunctionalInterface
public interface CheckpointSink {
    /**
     * Writes and commits one checkpoint; called on a background thread, one call at a time.
     *
     * @param checkpointPrefix where to, see {@link TrainingBackend#checkpoint}
     * @param state what the training loop wants to find again
     * @param parameters a snapshot, freed after the call
     * @param slots snapshots of the optimizer's slots in the order of their names, freed after the call
     * @throws IOException when the checkpoint cannot be written
     */
    void write(String checkpointPrefix, TrainingState state, NativeFloats parameters, List<NativeFloats> slots)
            throws IOException;
}
