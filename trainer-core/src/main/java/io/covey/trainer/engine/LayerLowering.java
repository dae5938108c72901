package io.covey.trainer.engine;

import io.covey.trainer.layers.Layer;

/**
 * Turns a call of a layer into operations.
 *
 * @param <L> the class of layers
 */
@FunctionalInterface
public interface LayerLowering<L extends Layer> {
    /** Adds the operations of one call to a program, and names its outputs. */
    void lower(L layer, Lowering call);
}
