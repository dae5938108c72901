package io.covey.trainer.layers.convolutional;

import io.covey.trainer.config.Arguments;
import java.util.Arrays;
import java.util.Locale;

/** How a window treats the border of its input. */
public enum Padding {
    /** The window stays inside. */
    VALID,
    /** Zeros around the input, so that stride 1 keeps the size; an odd one is at the end. */
    SAME,
    /** Zeros before the input only, so that no output sees a later input. One axis only. */
    CAUSAL;

    /**
     * Reads a layer's argument, in upper or lower case.
     *
     * @param defaultValue when it is not given
     * @param allowed what the layer can do
     */
    public static Padding argument(Arguments arguments, Padding defaultValue, Padding... allowed) {
        String given = arguments.text("padding", null);
        if (given == null) {
            return defaultValue;
        }
        String[] words = Arrays.stream(allowed).map(Padding::kerasName).toArray(String[]::new);
        String word = given.toLowerCase(Locale.ROOT);
        return valueOf(
                arguments.with("padding", word).choice("padding", null, words).toUpperCase(Locale.ROOT));
    }

    /** Keras' name. */
    public String kerasName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
