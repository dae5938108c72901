package io.covey.trainer.layers.attention;

import io.covey.trainer.layers.LayerProvider;

/** Makes this package's layers known by name. */
public final class AttentionLayers implements LayerProvider {
    @Override
    public void register(Registry registry) {
        registry.register("Attention", Attention::new);
        registry.register("AdditiveAttention", AdditiveAttention::new);
        registry.register("GroupQueryAttention", GroupQueryAttention::new);
        registry.register("MultiHeadAttention", MultiHeadAttention::new);
    }
}
