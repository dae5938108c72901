package io.covey.trainer.layers.merging;

import io.covey.trainer.layers.LayerProvider;

/** Makes this package's layers known by name. */
public final class MergingLayers implements LayerProvider {
    @Override
    public void register(Registry registry) {
        for (Merge.Operation operation : Merge.Operation.values()) {
            registry.register(new Merge(operation).className(), arguments -> new Merge(operation, arguments));
        }
        registry.register("Concatenate", Concatenate::new);
        registry.register("Dot", Dot::new);
    }
}
