package io.covey.trainer.crosscheck;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Pooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;

import static io.covey.trainer.crosscheck.Pair.layer;

/** Convolutions and poolings with random windows in both forms. */
final class ConvolutionPairs {
    private static final String CHANNELS_LAST = "NHWC";

    private ConvolutionPairs() {}

    /** A window's arguments: as Keras, dilation and strides are not both above 1. */
    private record Window(int height, int width, int strideDown, int strideRight, int dilation, boolean same) {
        static Window draw(SplittableRandom random, boolean dilates) {
            int dilation = dilates && random.nextInt(3) == 0 ? 2 : 1;
            return new Window(
                    1 + random.nextInt(3),
                    1 + random.nextInt(3),
                    dilation > 1 ? 1 : 1 + random.nextInt(2),
                    dilation > 1 ? 1 : 1 + random.nextInt(2),
                    dilation,
                    random.nextBoolean());
        }

        Map<String, Object> arguments(String sizeName) {
            Map<String, Object> arguments = new HashMap<>();
            arguments.put(sizeName, List.of(height, width));
            arguments.put("strides", List.of(strideDown, strideRight));
            arguments.put("padding", same ? "same" : "valid");
            return arguments;
        }

        PaddingMode padding() {
            return same ? PaddingMode.SAME : PaddingMode.VALID;
        }

        Conv2DConfig config() {
            return Conv2DConfig.builder()
                    .kH(height)
                    .kW(width)
                    .sH(strideDown)
                    .sW(strideRight)
                    .dH(dilation)
                    .dW(dilation)
                    .paddingMode(padding())
                    .dataFormat(CHANNELS_LAST)
                    .weightsFormat(WeightsFormat.YXIO)
                    .build();
        }
    }

    private static Integer[] image(SplittableRandom random) {
        return new Integer[] {5 + random.nextInt(5), 5 + random.nextInt(5), 1 + random.nextInt(5)};
    }

    static Pair conv2d(SplittableRandom random) {
        Window window = Window.draw(random, true);
        Map<String, Object> arguments = window.arguments("kernel_size");
        arguments.put("filters", 1 + random.nextInt(18));
        arguments.put("dilation_rate", window.dilation);
        return new Pair(
                layer("Conv2D", arguments),
                (graph, inputs, weights) ->
                        graph.cnn().conv2d(inputs.get(0), weights.get(0), weights.get(1), window.config()),
                image(random));
    }

    static Pair depthwise(SplittableRandom random) {
        Window window = Window.draw(random, false);
        Map<String, Object> arguments = window.arguments("kernel_size");
        // Keras takes one stride for both axes.
        arguments.put("strides", window.strideDown);
        arguments.put("depth_multiplier", 1 + random.nextInt(3));
        Window square = new Window(window.height, window.width, window.strideDown, window.strideDown, 1, window.same);
        return new Pair(
                layer("DepthwiseConv2D", arguments),
                (graph, inputs, weights) ->
                        graph.cnn().depthWiseConv2d(inputs.get(0), weights.get(0), weights.get(1), square.config()),
                image(random));
    }

    static Pair separable(SplittableRandom random) {
        Window drawn = Window.draw(random, false);
        Window window = new Window(drawn.height, drawn.width, drawn.strideDown, drawn.strideDown, 1, drawn.same);
        Map<String, Object> arguments = window.arguments("kernel_size");
        arguments.put("filters", 1 + random.nextInt(9));
        arguments.put("depth_multiplier", 1 + random.nextInt(2));
        return new Pair(
                layer("SeparableConv2D", arguments),
                (graph, inputs, weights) -> graph.cnn()
                        .conv2d(
                                graph.cnn().depthWiseConv2d(inputs.get(0), weights.get(0), window.config()),
                                weights.get(1),
                                weights.get(2),
                                new Window(1, 1, 1, 1, 1, false).config()),
                image(random));
    }

    static Pair transposed(SplittableRandom random) {
        Window window = Window.draw(random, false);
        Map<String, Object> arguments = window.arguments("kernel_size");
        // Deeplearning4j pads otherwise than Keras where a window is shorter than its stride.
        arguments.put("padding", "valid");
        arguments.put("filters", 1 + random.nextInt(9));
        arguments.put("kernel_size", List.of(window.height + 1, window.width + 1));
        DeConv2DConfig config = DeConv2DConfig.builder()
                .kH(window.height + 1)
                .kW(window.width + 1)
                .sH(window.strideDown)
                .sW(window.strideRight)
                .dH(1)
                .dW(1)
                .isSameMode(false)
                .dataFormat(CHANNELS_LAST)
                .build();
        return new Pair(
                layer("Conv2DTranspose", arguments),
                (graph, inputs, weights) -> graph.cnn().deconv2d(inputs.get(0), weights.get(0), weights.get(1), config),
                image(random));
    }

    static Pair conv1d(SplittableRandom random) {
        Window window = Window.draw(random, false);
        Conv1DConfig config = Conv1DConfig.builder()
                .k(window.height)
                .s(window.strideDown)
                .p(0)
                .d(1)
                .paddingMode(window.padding())
                .dataFormat("NWC")
                .build();
        return new Pair(
                layer(
                        "Conv1D",
                        Map.of(
                                "filters",
                                1 + random.nextInt(18),
                                "kernel_size",
                                window.height,
                                "strides",
                                window.strideDown,
                                "padding",
                                window.same ? "same" : "valid")),
                (graph, inputs, weights) -> graph.cnn().conv1d(inputs.get(0), weights.get(0), weights.get(1), config),
                5 + random.nextInt(6),
                1 + random.nextInt(5));
    }

    static Pair conv3d(SplittableRandom random) {
        Window window = Window.draw(random, false);
        int stride = window.strideDown;
        Conv3DConfig config = Conv3DConfig.builder()
                .kD(window.height)
                .kH(window.width)
                .kW(window.height)
                .sD(stride)
                .sH(stride)
                .sW(stride)
                .dD(1)
                .dH(1)
                .dW(1)
                .biasUsed(true)
                .paddingMode(window.padding())
                .dataFormat("NDHWC")
                .build();
        return new Pair(
                layer(
                        "Conv3D",
                        Map.of(
                                "filters",
                                1 + random.nextInt(9),
                                "kernel_size",
                                List.of(window.height, window.width, window.height),
                                "strides",
                                stride,
                                "padding",
                                window.same ? "same" : "valid")),
                (graph, inputs, weights) -> graph.cnn().conv3d(inputs.get(0), weights.get(0), weights.get(1), config),
                4 + random.nextInt(3),
                4 + random.nextInt(3),
                4 + random.nextInt(3),
                1 + random.nextInt(3));
    }

    static Pair pooling(SplittableRandom random, boolean isMax) {
        Window window = Window.draw(random, false);
        Pooling2DConfig config = Pooling2DConfig.builder()
                .kH(window.height)
                .kW(window.width)
                .sH(window.strideDown)
                .sW(window.strideRight)
                .dH(1)
                .dW(1)
                .paddingMode(window.padding())
                .divisor(Pooling2D.Divisor.EXCLUDE_PADDING)
                .isNHWC(true)
                .build();
        return new Pair(
                layer(isMax ? "MaxPooling2D" : "AveragePooling2D", window.arguments("pool_size")),
                (graph, inputs, weights) -> isMax
                        ? graph.cnn().maxPooling2d(inputs.get(0), config)
                        : graph.cnn().avgPooling2d(inputs.get(0), config),
                image(random));
    }
}
