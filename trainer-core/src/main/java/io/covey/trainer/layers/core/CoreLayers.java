package io.covey.trainer.layers.core;

import io.covey.trainer.layers.LayerProvider;

/** Makes this package's layers known by name. */
public final class CoreLayers implements LayerProvider {
    @Override
    public void register(Registry registry) {
        registry.register("InputLayer", InputLayer::new);
        registry.register("Dense", Dense::new);
        registry.register("Flatten", Flatten::new);
        registry.register("Activation", ActivationLayer::new);
        registry.register("Embedding", Embedding::new);
        registry.register("Masking", Masking::new);
        registry.register("Identity", Identity::new);
    }
}
