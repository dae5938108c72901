/**
 * The training loop and what it talks to.
 *
 * <p>{@link io.covey.trainer.training.TrainingLoop} is Keras' {@code fit}: epochs, validation, callbacks, history. It runs in
 * one place (the driver) and drives a {@link io.covey.trainer.training.TrainingBackend}: this process or a cluster. Where the
 * samples are, {@link io.covey.trainer.training.StepRunner} runs the steps and hands gradient sums to a
 * {@link io.covey.trainer.training.GradientExchange}, which updates in place or is the parameter server's client.
 */
package io.covey.trainer.training;
