package io.covey.trainer.optimizer;

import java.io.Serializable;
import java.util.List;

/** The settings of an optimizer: immutable, with Keras' names and defaults. {@link #newKernel} makes what computes. */
public sealed interface Optimizer extends Serializable permits Sgd {
    /** Keras' lower-case name, for example {@code sgd}. */
    String name();

    /** The learning rate that training starts with. */
    double learningRate();

    /** Names of the slot variables, each a vector of the parameters' shape; empty for plain SGD. */
    List<String> slots();

    /** A kernel for one thread. */
    UpdateKernel newKernel();
}
