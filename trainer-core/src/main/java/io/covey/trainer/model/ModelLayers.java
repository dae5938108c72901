package io.covey.trainer.model;

import io.covey.trainer.layers.LayerProvider;

/** Makes models known as layers of other models. */
public final class ModelLayers implements LayerProvider {
    @Override
    public void register(Registry registry) {
        registry.register("Sequential", ModelLayer::new);
        registry.register("Functional", ModelLayer::new);
        registry.register("Model", ModelLayer::new); // Keras 2's name of a functional model.
    }
}
