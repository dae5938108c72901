package io.covey.trainer.training;

import java.util.List;

/** Where a model is trained that is not trained in this process. */
public interface TrainingCluster {
    /** Parts of each batch, which decide the bits of the result; at most {@code batchSize}. */
    int virtualShards(int batchSize);

    /**
     * Starts workers and waits until they are ready to train.
     *
     * @param spec what is trained
     * @param shards all virtual shards with their data
     * @param variables that training goes on from; not changed
     * @param iterations steps that the optimizer has done before
     */
    Session start(TrainingSpec spec, List<VirtualShard> shards, TrainingVariables variables, long iterations);

    /** Workers that are ready to train. */
    interface Session extends AutoCloseable {
        /** Runs the steps; closed with the session. */
        TrainingBackend backend();

        /**
         * Brings weights and slots back. To be called when no step runs.
         *
         * @param step steps that the optimizer has done
         */
        void copyTo(TrainingVariables variables, long step);

        @Override
        void close();
    }
}
