package io.covey.trainer.engine.shape;

import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.layers.core.Flatten;

/** Lowers the layers that only give their input another shape. */
public final class ShapeLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(
                Flatten.class,
                (layer, call) -> call.output(call.reshaped(
                        call.input(), call.rows(), call.input().value().size() / call.rows())));
    }
}
