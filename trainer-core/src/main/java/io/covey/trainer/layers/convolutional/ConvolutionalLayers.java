package io.covey.trainer.layers.convolutional;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerProvider;
import java.util.function.Function;

/** Makes this package's layers known by name. */
public final class ConvolutionalLayers implements LayerProvider {
    @Override
    public void register(Registry registry) {
        withAlias(registry, "Conv1D", Conv1D::new);
        withAlias(registry, "Conv2D", Conv2D::new);
        withAlias(registry, "Conv3D", Conv3D::new);
        withAlias(registry, "Conv1DTranspose", Conv1DTranspose::new);
        withAlias(registry, "Conv2DTranspose", Conv2DTranspose::new);
        withAlias(registry, "Conv3DTranspose", Conv3DTranspose::new);
        registry.register("DepthwiseConv1D", DepthwiseConv1D::new);
        registry.register("DepthwiseConv2D", DepthwiseConv2D::new);
        withAlias(registry, "SeparableConv1D", SeparableConv1D::new);
        withAlias(registry, "SeparableConv2D", SeparableConv2D::new);
    }

    /** Keras knows all but the depthwise ones by a long name, too. */
    private static void withAlias(Registry registry, String name, Function<Arguments, Layer> constructor) {
        registry.register(name, constructor);
        registry.register(name.replace("Conv", "Convolution"), constructor);
    }
}
