package io.covey.trainer.layers.convolutional;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.constraints.Constraint;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.initializers.Initializers;
import io.covey.trainer.layers.DataFormat;
import io.covey.trainer.layers.ImageLayer;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.layers.WeightSettings;
import io.covey.trainer.layers.activations.ActivationArgument;
import io.covey.trainer.regularizers.Regularizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What all convolutions have: a window, a bias, an activation.
 *
 * @param <T> the layer's own class
 */
public abstract class WindowLayer<T extends WindowLayer<T>> extends ImageLayer {
    private static final long serialVersionUID = 1L;

    private final Window window;
    private final ActivationArgument activation;
    private final boolean useBias;
    private final WeightSettings bias;

    /** Reads the common arguments. */
    WindowLayer(Arguments arguments, int rank, Padding... allowed) {
        super(arguments);
        window = new Window(
                Window.perAxis(arguments, "kernel_size", rank, null),
                Window.perAxis(arguments, "strides", rank, 1),
                Window.perAxis(arguments, "dilation_rate", rank, 1),
                Padding.argument(arguments, Padding.VALID, allowed));
        activation = ActivationArgument.read(arguments, "activation");
        if (dataFormat() == DataFormat.CHANNELS_FIRST && !activation.isElementWise()) {
            throw arguments.error(
                    "activation",
                    "is " + activation.kerasName() + ", which works on the last axis, and with data_format"
                            + " channels_first that is no channel: use channels_last");
        }
        useBias = arguments.flag("use_bias", true);
        bias = WeightSettings.read(arguments, "bias", "zeros");
        // The engine of Keras' own strided convolutions takes no dilation; depthwise ones take both.
        if (Collections.max(window.strides()) > 1
                && Collections.max(window.dilation()) > 1
                && !allowsStridesWithDilation()) {
            throw arguments.error(
                    "strides",
                    "are " + window.strides() + " and dilation_rate is " + window.dilation()
                            + ": one of them must be 1 on all axes");
        }
    }

    abstract boolean allowsStridesWithDilation();

    /**
     * For a layer whose kernels have other names. Keras 2 writes into it what it inherits from the ordinary convolution: only
     * the defaults are taken, a user's setting would have no effect.
     */
    final void refuseKernelSettings() {
        Initializer unset = Initializers.of("kernel_initializer", "glorot_uniform");
        if (arguments().positive("groups", 1) != 1) {
            throw arguments().error("groups", "is not 1, this layer has a group for each channel: leave it out");
        }
        for (String setting : List.of("initializer", "regularizer", "constraint")) {
            String name = "kernel_" + setting;
            Object given = arguments().raw(name, null);
            if (given != null
                    && !(setting.equals("initializer")
                            && Initializers.of(name, given).equals(unset))) {
                throw arguments().error(name, "is " + given + ", it has no effect here: give depthwise_" + setting);
            }
        }
    }

    @Override
    public abstract T copy(Arguments newArguments);

    final T with(String name, Object value) {
        return copy(arguments().with(name, value));
    }

    /** A copy with other strides, one per axis or one for all. */
    public final T strides(Integer... values) {
        return with("strides", oneOrMore(values));
    }

    /** A copy with another padding: {@code valid} or {@code same}, on one axis also {@code causal}. */
    public final T padding(String value) {
        return with("padding", value);
    }

    /** A copy with another distance between the kernel's cells, one per axis or one for all. */
    public final T dilationRate(Integer... values) {
        return with("dilation_rate", oneOrMore(values));
    }

    public final T useBias(boolean value) {
        return with("use_bias", value);
    }

    public final T biasInitializer(Initializer value) {
        return with("bias_initializer", value);
    }

    public final T biasRegularizer(Regularizer value) {
        return with("bias_regularizer", value);
    }

    public final T biasConstraint(Constraint value) {
        return with("bias_constraint", value);
    }

    public final T activityRegularizer(Regularizer value) {
        return with("activity_regularizer", value);
    }

    static Object oneOrMore(Integer... values) {
        return values.length == 1 ? values[0] : Arrays.asList(values);
    }

    public final Window window() {
        return window;
    }

    /** The function of the sums. */
    public final Activation activation() {
        return activation.function();
    }

    /** An activation layer called on what the function gives; null for none. */
    public final Layer activationLayer() {
        return activation.layer();
    }

    /** Whether there is a bias. */
    public final boolean hasBias() {
        return useBias;
    }

    /** Number of output channels. */
    public abstract int filters(int inputChannels);

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> input = single(dataFormat().toLast(inputShapes), window.rank() + 1);
        List<Integer> output = new ArrayList<>();
        for (int axis = 0; axis < window.rank(); axis++) {
            output.add(outputSize(axis, input.get(axis)));
            if (output.get(axis) < 1) {
                throw error("input of shape " + input + " is too small for kernel_size " + window.size()
                        + " with dilation_rate " + window.dilation() + " and padding "
                        + window.padding().kerasName());
            }
        }
        output.add(filters(input.get(window.rank())));
        return dataFormat().fromLast(output);
    }

    int outputSize(int axis, int input) {
        return window.outputSize(axis, input);
    }

    /** The variables: kernels, then the bias if there is one. */
    final List<Weight> withBias(int filters, Weight... kernels) {
        List<Weight> weights = new ArrayList<>(List.of(kernels));
        if (useBias) {
            weights.add(bias.weight("bias", List.of(filters)));
        }
        return weights;
    }

    /** Shape of a kernel: the window, then these. */
    final List<Integer> kernelShape(int... channels) {
        List<Integer> shape = new ArrayList<>(window.size());
        Arrays.stream(channels).forEach(shape::add);
        return shape;
    }
}
