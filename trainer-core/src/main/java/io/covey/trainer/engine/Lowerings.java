package io.covey.trainer.engine;

import io.covey.trainer.CoveyException;
import io.covey.trainer.layers.Layer;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;

/** How each class of layers is turned into operations. */
final class Lowerings {
    private static final Map<Class<?>, LayerLowering<Layer>> BY_CLASS = new HashMap<>();

    static {
        LoweringProvider.Registry registry = new LoweringProvider.Registry() {
            @Override
            public <L extends Layer> void register(Class<L> type, LayerLowering<L> lowering) {
                BY_CLASS.put(type, (layer, call) -> lowering.lower(type.cast(layer), call));
            }
        };
        for (LoweringProvider provider : ServiceLoader.load(LoweringProvider.class, Lowerings.class.getClassLoader())) {
            provider.register(registry);
        }
    }

    private Lowerings() {}

    static LayerLowering<Layer> of(Layer layer) {
        for (Class<?> type = layer.getClass(); type != null; type = type.getSuperclass()) {
            LayerLowering<Layer> lowering = BY_CLASS.get(type);
            if (lowering != null) {
                return lowering;
            }
        }
        throw CoveyException.caller(
                "the engine does not know the layer class " + layer.getClass().getName());
    }
}
