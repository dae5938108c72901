package io.covey.trainer.layers.reshaping;

import io.covey.trainer.layers.LayerProvider;

/** Makes this package's layers known by name. */
public final class ReshapingLayers implements LayerProvider {
    private static final int MAX_SPATIAL_AXES = 3;

    @Override
    public void register(Registry registry) {
        registry.register("Reshape", Reshape::new);
        registry.register("Permute", Permute::new);
        registry.register("RepeatVector", RepeatVector::new);
        for (int axes = 1; axes <= MAX_SPATIAL_AXES; axes++) {
            int spatialAxes = axes;
            registry.register("ZeroPadding" + axes + "D", arguments -> new ZeroPadding(spatialAxes, arguments));
            registry.register("Cropping" + axes + "D", arguments -> new Cropping(spatialAxes, arguments));
            registry.register("UpSampling" + axes + "D", arguments -> new UpSampling(spatialAxes, arguments));
        }
    }
}
