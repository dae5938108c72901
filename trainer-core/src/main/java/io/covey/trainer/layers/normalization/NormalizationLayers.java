package io.covey.trainer.layers.normalization;

import io.covey.trainer.layers.LayerProvider;

/** Makes this package's layers known by name. */
public final class NormalizationLayers implements LayerProvider {
    @Override
    public void register(Registry registry) {
        registry.register("BatchNormalization", BatchNormalization::new);
        registry.register("LayerNormalization", LayerNormalization::new);
        registry.register("GroupNormalization", GroupNormalization::new);
        registry.register("RMSNormalization", RMSNormalization::new);
        registry.register("UnitNormalization", UnitNormalization::new);
    }
}
