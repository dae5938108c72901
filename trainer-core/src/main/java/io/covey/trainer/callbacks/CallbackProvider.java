package io.covey.trainer.callbacks;

import io.covey.trainer.config.Arguments;
import java.util.function.BiFunction;

/**
 * Makes a user's own callbacks known by name, so that job files can name them like Keras'. Found by {@link
 * java.util.ServiceLoader}.
 */
public interface CallbackProvider {
    /** Registers this provider's callbacks. */
    void register(Registry registry);

    /** Receives a callback's class name, for which job files may write snake_case, and its constructor. */
    @FunctionalInterface
    interface Registry {
        /**
         * Takes a callback.
         *
         * @param constructor reads the arguments that it knows, all others are refused; a job file's callbacks are made once to
         *     check them, and again to train with: nothing may be opened before {@link Callback#onTrainBegin}
         */
        void register(String className, BiFunction<Arguments, CallbackIo, Callback> constructor);
    }
}
