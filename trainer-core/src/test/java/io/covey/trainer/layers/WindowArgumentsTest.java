package io.covey.trainer.layers;

import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.convolutional.Conv1D;
import io.covey.trainer.layers.convolutional.Conv2D;
import io.covey.trainer.layers.convolutional.Conv2DTranspose;
import io.covey.trainer.layers.normalization.BatchNormalization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Arguments of the layers with windows or axes that Keras refuses, too. */
@Timeout(20)
class WindowArgumentsTest {
    private static void refuses(String message, Executable creation) {
        CoveyException e = assertThrows(CoveyException.class, creation);
        assertEquals(CoveyException.Category.CALLER, e.category());
        assertEquals(message, e.getMessage());
    }

    private static Executable conv2d(Map<String, Object> arguments) {
        return () -> LayerTypes.create("conv2d", arguments);
    }

    @Test
    void shouldNameTheRightDataFormatWhenItIsMisspelt() {
        refuses(
                "Conv2D: data_format is channel_last; did you mean channels_last?",
                conv2d(Map.of("filters", 1, "kernel_size", 1, "data_format", "channel_last")));
        refuses(
                "Conv2D: activation is softmax, which works on the last axis, and with data_format channels_first that"
                        + " is no channel: use channels_last",
                conv2d(Map.of(
                        "filters", 1, "kernel_size", 1, "data_format", "channels_first", "activation", "softmax")));
    }

    @Test
    void shouldRefuseWrongWindows() {
        refuses("Conv2D: kernel_size is missing, it must be an integer or a list of 2", conv2d(Map.of("filters", 1)));
        refuses(
                "Conv2D: kernel_size is [0, 0], every number must be at least 1",
                conv2d(Map.of("filters", 1, "kernel_size", 0)));
        refuses(
                "Conv2D: padding is causal; known are valid, same",
                conv2d(Map.of("filters", 1, "kernel_size", 1, "padding", "causal")));
        refuses(
                "Conv2D: strides are [2, 2] and dilation_rate is [3, 3]: one of them must be 1 on all axes",
                conv2d(Map.of("filters", 1, "kernel_size", 1, "strides", 2, "dilation_rate", 3)));
        refuses(
                "Conv2D: groups is 2, it must divide filters, which is 3",
                conv2d(Map.of("filters", 3, "kernel_size", 1, "groups", 2)));
        refuses(
                "Conv2D: input of shape [2, 5, 3] is too small for kernel_size [3, 3] with dilation_rate [1, 1] and"
                        + " padding valid",
                () -> new Conv2D(1, 3, Activation.RELU).outputShape(List.of(List.of(2, 5, 3))));
        refuses(
                "Conv2D: groups is 2, it must divide the input's channels, which are 3",
                () -> new Conv2D(2, 1, Activation.RELU).groups(2).weights(List.of(List.of(2, 5, 3))));
        refuses(
                "Conv2DTranspose: output_padding is [1, 1], each must be at least 0 and less than its stride, strides are"
                        + " [1, 1]",
                () -> new Conv2DTranspose(1, 3, Activation.RELU).outputPadding(1));
        refuses(
                "BatchNormalization: axis is [3], it must name different axes of the input, from 1 to 2 or from -2 to -1;"
                        + " the input has shape [4, 5] without the batch axis 0",
                () -> new BatchNormalization().axis(3).outputShape(List.of(List.of(4, 5))));
    }

    @Test
    void shouldInferShapesAsKeras() {
        assertEquals(
                List.of(5, 4),
                new Conv1D(4, 3, Activation.LINEAR).padding("CAUSAL").strides(2).outputShape(List.of(List.of(10, 3))));
        assertEquals(
                List.of(8, 10, 4),
                new Conv2DTranspose(4, 3, Activation.LINEAR)
                        .padding("same")
                        .strides(2)
                        .outputShape(List.of(List.of(4, 5, 3))));
    }
}
