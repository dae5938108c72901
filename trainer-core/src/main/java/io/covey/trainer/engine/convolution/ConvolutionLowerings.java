package io.covey.trainer.engine.convolution;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.engine.ChannelsFirst;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.elementwise.Activations;
import io.covey.trainer.layers.convolutional.Conv1D;
import io.covey.trainer.layers.convolutional.Conv1DTranspose;
import io.covey.trainer.layers.convolutional.Conv2D;
import io.covey.trainer.layers.convolutional.Conv2DTranspose;
import io.covey.trainer.layers.convolutional.Conv3D;
import io.covey.trainer.layers.convolutional.Conv3DTranspose;
import io.covey.trainer.layers.convolutional.Convolution;
import io.covey.trainer.layers.convolutional.DepthwiseConv1D;
import io.covey.trainer.layers.convolutional.DepthwiseConv2D;
import io.covey.trainer.layers.convolutional.DepthwiseConvolution;
import io.covey.trainer.layers.convolutional.Padding;
import io.covey.trainer.layers.convolutional.SeparableConv1D;
import io.covey.trainer.layers.convolutional.SeparableConv2D;
import io.covey.trainer.layers.convolutional.SeparableConvolution;
import io.covey.trainer.layers.convolutional.TransposedConvolution;
import io.covey.trainer.layers.convolutional.Window;
import io.covey.trainer.layers.convolutional.WindowLayer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Lowers all layers that convolve. */
public final class ConvolutionLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(Conv1D.class, ChannelsFirst.or(ConvolutionLowerings::convolution));
        registry.register(Conv2D.class, ChannelsFirst.or(ConvolutionLowerings::convolution));
        registry.register(Conv3D.class, ChannelsFirst.or(ConvolutionLowerings::convolution));
        registry.register(Conv1DTranspose.class, ChannelsFirst.or(ConvolutionLowerings::transposed));
        registry.register(Conv2DTranspose.class, ChannelsFirst.or(ConvolutionLowerings::transposed));
        registry.register(Conv3DTranspose.class, ChannelsFirst.or(ConvolutionLowerings::transposed));
        registry.register(DepthwiseConv1D.class, ChannelsFirst.or(ConvolutionLowerings::depthwise));
        registry.register(DepthwiseConv2D.class, ChannelsFirst.or(ConvolutionLowerings::depthwise));
        registry.register(SeparableConv1D.class, ChannelsFirst.or(ConvolutionLowerings::separable));
        registry.register(SeparableConv2D.class, ChannelsFirst.or(ConvolutionLowerings::separable));
    }

    private static void convolution(Convolution<?> layer, Lowering call) {
        int[] input = call.input().value().shape();
        Geometry geometry = Geometry.convolution(layer.window(), layer.groups(), input, outputShape(layer, input));
        withBiasAndActivation(layer, call, geometry, 0, call.input());
    }

    private static void transposed(TransposedConvolution<?> layer, Lowering call) {
        int[] input = call.input().value().shape();
        Geometry geometry = Geometry.transposed(layer.window(), input, outputShape(layer, input));
        withBiasAndActivation(layer, call, geometry, 0, call.input());
    }

    private static void depthwise(DepthwiseConvolution<?> layer, Lowering call) {
        int[] input = call.input().value().shape();
        // The kernel (space, in, multiplier) lies like that of a convolution in as many groups as there are channels.
        Geometry geometry =
                Geometry.convolution(layer.window(), input[input.length - 1], input, outputShape(layer, input));
        withBiasAndActivation(layer, call, geometry, 0, call.input());
    }

    private static void separable(SeparableConvolution<?> layer, Lowering call) {
        int[] input = call.input().value().shape();
        int[] output = outputShape(layer, input);
        int channels = input[input.length - 1];
        int[] inner = output.clone();
        inner[inner.length - 1] = layer.innerChannels(channels);
        Signal spatial = convolve(
                call,
                Geometry.convolution(layer.window(), channels, input, inner),
                call.parameter(0),
                null,
                false,
                call.input());
        List<Integer> ones = Collections.nCopies(layer.window().rank(), 1);
        Window single = new Window(ones, ones, ones, Padding.VALID);
        withBiasAndActivation(layer, call, Geometry.convolution(single, 1, inner, output), 1, spatial);
    }

    private static int[] outputShape(WindowLayer<?> layer, int[] inputShape) {
        List<Integer> sample = Arrays.stream(inputShape).skip(1).boxed().toList();
        int[] shape = new int[inputShape.length];
        shape[0] = inputShape[0];
        List<Integer> output = layer.outputShape(List.of(sample));
        for (int axis = 1; axis < shape.length; axis++) {
            shape[axis] = output.get(axis - 1);
        }
        return shape;
    }

    private static void withBiasAndActivation(
            WindowLayer<?> layer, Lowering call, Geometry geometry, int kernel, Signal input) {
        boolean relu = layer.activation() == Activation.RELU;
        ParameterUse bias = layer.hasBias() ? call.parameter(kernel + 1) : null;
        Signal sum = convolve(call, geometry, call.parameter(kernel), bias, relu, input);
        if (layer.activation() == Activation.LINEAR) {
            call.forget(sum);
        }
        if (relu) {
            call.output(sum);
        } else if (layer.activationLayer() != null) {
            call.outputOf(layer.activationLayer(), sum);
        } else {
            Signal in = layer.activation().isElementWise() ? sum : call.plain(sum);
            call.output(Activations.applyInPlace(call, layer.activation(), in));
        }
    }

    private static Signal convolve(
            Lowering call, Geometry geometry, ParameterUse kernel, ParameterUse bias, boolean relu, Signal input) {
        ForwardConvolution forward =
                new ForwardConvolution(call.scope(), geometry, bias != null, relu, call.needsGradient());
        Signal in = call.formatted(input, forward.inputDesc());
        Signal out = call.signal(forward.outputDesc(), geometry.outputShape);
        ConvolutionOp op = new ConvolutionOp(call.scope(), geometry, forward, kernel, bias, relu, in, out);
        call.add(op);
        return relu ? new Signal(out.value(), out.gradient(), op) : out;
    }
}
