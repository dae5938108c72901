package io.covey.trainer.engine;

import io.covey.trainer.layers.Layer;

/** Teaches the engine layers. Found by {@link java.util.ServiceLoader}, so that users can add operations of their own. */
public interface LoweringProvider {
    /** Registers the lowerings of this provider's layers. */
    void register(Registry registry);

    /** Receives lowerings. */
    interface Registry {
        /** Makes a class of layers known to the engine. */
        <L extends Layer> void register(Class<L> type, LayerLowering<L> lowering);
    }
}
