package io.covey.trainer.model;

import java.io.Serializable;
import java.util.List;

/**
 * A layer or an operation of a functional model of Keras 3 whose JSON also lists the operations that compute masks. They are
 * part of its summary only: layers make their masks here.
 *
 * @param name of the layer or operation
 * @param className of an operation, null for a layer
 * @param shape of an operation's result, without the batch axis
 * @param connections what it reads, as {@code name[call][output]}
 */
record GraphRow(String name, String className, List<Integer> shape, List<String> connections) implements Serializable {
    boolean isLayer() {
        return className == null;
    }
}
