/**
 * TensorBoard's event files: TFRecord files of {@code tensorflow.Event} protos, as TensorFlow writes them.
 *
 * <p>Entry points: {@link io.covey.trainer.tensorboard.EventFileWriter} and {@link io.covey.trainer.tensorboard.Summary}, which
 * makes what is written. The callback is {@link io.covey.trainer.callbacks.TensorBoard}.
 */
package io.covey.trainer.tensorboard;
