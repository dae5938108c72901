package io.covey.trainer.engine.elementwise;

import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.layers.core.ActivationLayer;

/** Lowers the layers that work number by number. */
public final class ElementwiseLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(
                ActivationLayer.class,
                (layer, call) -> call.output(Activations.apply(call, layer.activation(), call.input())));
    }
}
