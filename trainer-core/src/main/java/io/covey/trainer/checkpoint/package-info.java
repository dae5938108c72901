/**
 * Checkpoints in TensorFlow's TensorBundle format, and their commit.
 *
 * <p>Entry points: {@link io.covey.trainer.checkpoint.TensorBundleWriter},
 * {@link io.covey.trainer.checkpoint.TensorBundleReader} and {@link io.covey.trainer.checkpoint.CheckpointDirectory}.
 */
package io.covey.trainer.checkpoint;
