package io.covey.trainer.training;

import java.util.List;
import java.util.Set;

/** Where a model is trained and evaluated, if not in this process. */
public interface TrainingCluster {
    /**
     * Parts of each batch, which decide the bits of the result.
     *
     * @throws io.covey.trainer.CoveyException a caller's error when they are more than {@code batchSize}
     */
    int virtualShards(int batchSize);

    /**
     * Starts workers and waits until they are ready to train.
     *
     * @param spec what is trained, or evaluated as the training data
     * @param shards all virtual shards with their data
     * @param variables that training goes on from; not changed
     * @param iterations steps that the optimizer has done before
     */
    Session start(TrainingSpec spec, List<VirtualShard> shards, TrainingVariables variables, long iterations);

    /** Names that this cluster adds to the logs of an epoch. */
    default Set<String> logNames() {
        return Set.of();
    }

    /** Workers that are ready to train. */
    interface Session extends AutoCloseable {
        /** Runs the steps; closed with the session. */
        TrainingBackend backend();

        /** When and where training writes checkpoints, the last of which {@link #read} wants. */
        CheckpointOptions checkpoints();

        /** Reads what a checkpoint of this session holds. */
        void read(String checkpointPrefix, TrainingVariables variables);

        @Override
        void close();
    }
}
