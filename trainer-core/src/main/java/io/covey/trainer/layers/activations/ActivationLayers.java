package io.covey.trainer.layers.activations;

import io.covey.trainer.layers.LayerProvider;

/** Makes this package's layers known by name. */
public final class ActivationLayers implements LayerProvider {
    @Override
    public void register(Registry registry) {
        registry.register("ReLU", ReLU::new);
        registry.register("LeakyReLU", LeakyReLU::new);
        registry.register("PReLU", PReLU::new);
        registry.register("ELU", ELU::new);
        registry.register("Softmax", Softmax::new);
    }
}
