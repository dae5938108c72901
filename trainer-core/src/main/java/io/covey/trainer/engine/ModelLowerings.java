package io.covey.trainer.engine;

import io.covey.trainer.model.ModelLayer;

/** Lowers models inside models. */
public final class ModelLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(
                ModelLayer.class,
                (layer, call) -> call.output(call.lower(layer.model()).toArray(Signal[]::new)));
    }
}
