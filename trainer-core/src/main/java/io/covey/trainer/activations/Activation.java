package io.covey.trainer.activations;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NamedConfig;
import io.covey.trainer.config.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Keras' activation functions, with their default parameters. */
public enum Activation {
    LINEAR,
    RELU,
    /** Over the last axis. */
    SOFTMAX,
    /** Over the last axis. */
    LOG_SOFTMAX,
    SIGMOID,
    TANH,
    ELU,
    SELU,
    CELU,
    /** With the error function, not its approximation by tanh. */
    GELU,
    SILU,
    SOFTPLUS,
    SOFTSIGN,
    EXPONENTIAL,
    RELU6,
    LEAKY_RELU,
    HARD_SIGMOID,
    HARD_SILU,
    HARD_TANH,
    HARD_SHRINK,
    SOFT_SHRINK,
    TANH_SHRINK,
    SQUAREPLUS,
    LOG_SIGMOID,
    MISH,
    THRESHOLD,
    SPARSE_PLUS,
    GLU;

    /** Keras' name, for example {@code relu}. */
    public String kerasName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether every output number depends on the input number in its place only. */
    public boolean isElementWise() {
        return this != SOFTMAX && this != LOG_SOFTMAX && this != GLU;
    }

    /**
     * The function with Keras' name.
     *
     * @throws CoveyException a caller's error when there is none, with the nearest that there is
     */
    public static Activation of(String what, Object written) {
        if (written instanceof Activation activation) {
            return activation;
        }
        String name = NamedConfig.of(what, written).name();
        String plain = name.equals("swish") ? "silu" : name.equals("hard_swish") ? "hard_silu" : name;
        List<String> names = Arrays.stream(values()).map(Activation::kerasName).toList();
        if (!names.contains(plain)) {
            throw CoveyException.caller(what + " is " + name + NearestName.advice(name, names));
        }
        return valueOf(plain.toUpperCase(Locale.ROOT));
    }

    /** A layer's argument. */
    public static Activation argument(Arguments arguments, String name, Activation defaultValue) {
        return arguments.object(name, Activation.class, defaultValue, Activation::of);
    }
}
