package io.covey.trainer.layers.rnn;

import io.covey.trainer.layers.LayerProvider;

/** Makes this package's layers known by name. */
public final class RnnLayers implements LayerProvider {
    @Override
    public void register(Registry registry) {
        registry.register("SimpleRNN", SimpleRNN::new);
        registry.register("LSTM", LSTM::new);
        registry.register("GRU", GRU::new);
        registry.register("Bidirectional", Bidirectional::new);
        registry.register("TimeDistributed", TimeDistributed::new);
    }
}
