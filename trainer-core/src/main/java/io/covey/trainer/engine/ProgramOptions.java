package io.covey.trainer.engine;

/**
 * What a program can do.
 *
 * @param training Keras' {@code training} argument: whether dropout drops and batch normalization uses the batch
 * @param gradients whether it can run backward
 * @param inputGradients whether backward also computes the gradient of the inputs
 * @param layerOutputs whether the outputs of all layers can be read
 */
public record ProgramOptions(boolean training, boolean gradients, boolean inputGradients, boolean layerOutputs) {
    /** A training step. */
    public static final ProgramOptions TRAINING = new ProgramOptions(true, true, false, false);
    /** Forward only. */
    public static final ProgramOptions INFERENCE = new ProgramOptions(false, false, false, false);
}
