package io.covey.trainer.training;

/** Says where checkpoints go, and hears which of them are good. Called by the loop's thread. */
public interface CheckpointNames {
    /** A prefix that no checkpoint has yet, for {@link TrainingBackend#checkpoint}. */
    String nextPrefix();

    /** The checkpoint under {@code prefix} is committed: older ones may go. */
    void committed(String prefix);
}
