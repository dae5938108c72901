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
    SPARSE_PLUS,
    SPARSE_SIGMOID,
    /** Over the last axis: Martins and Astudillo, From softmax to sparsemax, ICML 2016. */
    SPARSEMAX,
    /** Halves the last axis: the first half times the sigmoid of the second. */
    GLU;

    /** Keras' name, for example {@code relu}. */
    public String kerasName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether every output number depends on the input number in its place only. */
    public boolean isElementWise() {
        return this != SOFTMAX && this != LOG_SOFTMAX && this != SPARSEMAX && this != GLU;
    }

    /**
     * The function of one number with Keras' default parameters.
     *
     * @throws IllegalStateException when the activation is not element-wise
     */
    public ElementwiseFunction function() {
        return switch (this) {
            case LINEAR -> Rectifiers.linear();
            case RELU -> Rectifiers.relu();
            case RELU6 -> Rectifiers.relu6();
            case LEAKY_RELU -> Rectifiers.leakyRelu(Rectifiers.LEAKY_RELU_SLOPE_DEFAULT);
            case HARD_SIGMOID -> Rectifiers.hardSigmoid();
            case HARD_SILU -> Rectifiers.hardSilu();
            case HARD_TANH -> Rectifiers.hardTanh();
            case SPARSE_PLUS -> Rectifiers.sparsePlus();
            case SPARSE_SIGMOID -> Rectifiers.sparseSigmoid();
            case HARD_SHRINK -> Shrinkages.hardShrink(Shrinkages.THRESHOLD_DEFAULT);
            case SOFT_SHRINK -> Shrinkages.softShrink(Shrinkages.THRESHOLD_DEFAULT);
            case TANH_SHRINK -> Shrinkages.tanhShrink();
            case SIGMOID -> SmoothFunctions.sigmoid();
            case TANH -> SmoothFunctions.tanh();
            case EXPONENTIAL -> SmoothFunctions.exponential();
            case SOFTPLUS -> SmoothFunctions.softplus();
            case SOFTSIGN -> SmoothFunctions.softsign();
            case SQUAREPLUS -> SmoothFunctions.squareplus(SmoothFunctions.SQUAREPLUS_B_DEFAULT);
            case LOG_SIGMOID -> SmoothFunctions.logSigmoid();
            case SILU -> SmoothFunctions.silu();
            case MISH -> SmoothFunctions.mish();
            case GELU -> GaussianErrorUnits.gelu();
            case ELU -> ExponentialUnits.elu(1);
            case SELU -> ExponentialUnits.selu();
            case CELU -> ExponentialUnits.celu(1);
            case SOFTMAX, LOG_SOFTMAX, SPARSEMAX, GLU ->
                throw new IllegalStateException(kerasName() + " is no function of one number");
        };
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
        NamedConfig config = NamedConfig.of(what, written);
        String name = config.name();
        String plain = name.equals("swish") ? "silu" : name.equals("hard_swish") ? "hard_silu" : name;
        List<String> names = Arrays.stream(values()).map(Activation::kerasName).toList();
        if (!names.contains(plain)) {
            throw CoveyException.caller(what + " is " + name + NearestName.advice(name, names));
        }
        if (!config.arguments().isEmpty()) {
            throw CoveyException.caller(what + " is " + name + " with the arguments "
                    + config.arguments().keySet() + ", but here the function takes none: leave them out");
        }
        return valueOf(plain.toUpperCase(Locale.ROOT));
    }

    /** A layer's argument. */
    public static Activation argument(Arguments arguments, String name, Activation defaultValue) {
        return arguments.object(name, Activation.class, defaultValue, Activation::of);
    }
}
