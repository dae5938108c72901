package io.covey.trainer.model;

import java.io.Serializable;
import java.util.List;

/** The settings of a layer: immutable, with Keras' names and defaults. Shapes leave the batch axis out. */
public sealed interface Layer extends Serializable permits Dense, Flatten {
    /** The name given by the user, or null: {@link Model} then numbers the class' snake_case name as Keras does. */
    String name();

    /** Keras' class name, for example {@code Dense}. */
    String className();

    /**
     * Output shape for an input shape.
     *
     * @throws io.covey.trainer.CoveyException a caller's error when the layer cannot take the input
     */
    List<Integer> outputShape(List<Integer> inputShape);

    /** The layer's variables in Keras' order. */
    List<Weight> weights(List<Integer> inputShape);

    /**
     * A variable before it has a place in the flat vector.
     *
     * @param name Keras' name within the layer, for example {@code kernel}
     * @param shape Keras' layout
     * @param initializer draws the first values
     */
    record Weight(String name, List<Integer> shape, Initializer initializer) {}
}
