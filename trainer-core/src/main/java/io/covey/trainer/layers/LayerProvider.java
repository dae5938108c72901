package io.covey.trainer.layers;

import io.covey.trainer.config.Arguments;
import java.util.function.Function;

/**
 * Makes layers known by name. Found by {@link java.util.ServiceLoader}, so that a user's own layers can be read from job files
 * and from Keras' JSON like Covey's.
 */
public interface LayerProvider {
    /** Registers this provider's layers. */
    void register(Registry registry);

    /** Receives a layer's class name in Keras and its constructor. */
    @FunctionalInterface
    interface Registry {
        void register(String className, Function<Arguments, Layer> constructor);
    }
}
