/**
 * Covey's trainer core: everything that trains a model except the cluster.
 *
 * <p>Start at {@link io.covey.trainer.model.Model} (what is trained), {@link io.covey.trainer.training.TrainingLoop}
 * (Keras' {@code fit}) and {@link io.covey.trainer.engine.Program} (one compiled micro-batch).
 */
package io.covey.trainer;
