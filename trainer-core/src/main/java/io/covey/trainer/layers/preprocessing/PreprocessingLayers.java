package io.covey.trainer.layers.preprocessing;

import io.covey.trainer.layers.LayerProvider;

/** Makes this package's layers known by name. */
public final class PreprocessingLayers implements LayerProvider {
    @Override
    public void register(Registry registry) {
        registry.register("Rescaling", Rescaling::new);
        registry.register("Normalization", Normalization::new);
        registry.register("RandomFlip", RandomFlip::new);
        registry.register("RandomTranslation", RandomTranslation::new);
        registry.register("RandomRotation", RandomRotation::new);
        registry.register("RandomZoom", RandomZoom::new);
        registry.register("RandomContrast", RandomContrast::new);
    }
}
