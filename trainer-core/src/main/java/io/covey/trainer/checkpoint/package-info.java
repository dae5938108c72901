/**
 * Checkpoints in TensorFlow's TensorBundle format, and their commit.
 *
 * <p>Entry points: {@link io.covey.trainer.checkpoint.CheckpointDirectory} for a run's checkpoints,
 * {@link io.covey.trainer.checkpoint.CheckpointParts} to write one from several processes, and
 * {@link io.covey.trainer.checkpoint.TensorBundleReader} and {@link io.covey.trainer.checkpoint.TensorBundleWriter} for the
 * format alone.
 */
package io.covey.trainer.checkpoint;
