package io.covey.trainer.layers.pooling;

import io.covey.trainer.layers.LayerProvider;

/** Makes this package's layers known by name, and by Keras' short names. */
public final class PoolingLayers implements LayerProvider {
    @Override
    public void register(Registry registry) {
        registry.register("MaxPooling1D", MaxPooling1D::new);
        registry.register("MaxPool1D", MaxPooling1D::new);
        registry.register("GlobalMaxPooling1D", GlobalMaxPooling1D::new);
        registry.register("GlobalMaxPool1D", GlobalMaxPooling1D::new);
        registry.register("AveragePooling1D", AveragePooling1D::new);
        registry.register("AvgPool1D", AveragePooling1D::new);
        registry.register("GlobalAveragePooling1D", GlobalAveragePooling1D::new);
        registry.register("GlobalAvgPool1D", GlobalAveragePooling1D::new);
        registry.register("MaxPooling2D", MaxPooling2D::new);
        registry.register("MaxPool2D", MaxPooling2D::new);
        registry.register("GlobalMaxPooling2D", GlobalMaxPooling2D::new);
        registry.register("GlobalMaxPool2D", GlobalMaxPooling2D::new);
        registry.register("AveragePooling2D", AveragePooling2D::new);
        registry.register("AvgPool2D", AveragePooling2D::new);
        registry.register("GlobalAveragePooling2D", GlobalAveragePooling2D::new);
        registry.register("GlobalAvgPool2D", GlobalAveragePooling2D::new);
        registry.register("MaxPooling3D", MaxPooling3D::new);
        registry.register("MaxPool3D", MaxPooling3D::new);
        registry.register("GlobalMaxPooling3D", GlobalMaxPooling3D::new);
        registry.register("GlobalMaxPool3D", GlobalMaxPooling3D::new);
        registry.register("AveragePooling3D", AveragePooling3D::new);
        registry.register("AvgPool3D", AveragePooling3D::new);
        registry.register("GlobalAveragePooling3D", GlobalAveragePooling3D::new);
        registry.register("GlobalAvgPool3D", GlobalAveragePooling3D::new);
    }
}
