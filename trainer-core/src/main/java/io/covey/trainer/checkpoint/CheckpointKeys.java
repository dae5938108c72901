package io.covey.trainer.checkpoint;

import io.covey.trainer.model.ParameterSpec;

/** Names of a training checkpoint's tensors: those of Keras 2 in TensorFlow format. */
final class CheckpointKeys {
    static final String OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH";
    static final String SAVE_COUNTER = variable("save_counter");
    static final String OPTIMIZER_ITERATIONS = variable("optimizer/iter");
    /** JSON; not part of the object graph, so TensorFlow passes over it. */
    static final String TRAINING_STATE = "covey/training_state";

    private CheckpointKeys() {}

    private static String variable(String path) {
        return path + "/.ATTRIBUTES/VARIABLE_VALUE";
    }

    static String parameter(ParameterSpec parameter) {
        return variable(parameter.checkpointKey());
    }

    /** What virtual shard {@code leaf} has not sent of {@code parameter}'s gradients; not part of the object graph either. */
    static String residual(ParameterSpec parameter, int leaf) {
        return "covey/residual/" + leaf + "/" + parameter.checkpointKey();
    }

    /** The optimizer's variable {@code slot} of {@code parameter}. */
    static String slot(ParameterSpec parameter, String slot) {
        return variable(parameter.checkpointKey() + "/.OPTIMIZER_SLOT/optimizer/" + slot);
    }
}
