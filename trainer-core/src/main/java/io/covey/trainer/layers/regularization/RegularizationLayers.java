package io.covey.trainer.layers.regularization;

import io.covey.trainer.layers.LayerProvider;

/** Makes this package's layers known by name. */
public final class RegularizationLayers implements LayerProvider {
    private static final int MAX_SPATIAL_AXES = 3;

    @Override
    public void register(Registry registry) {
        registry.register("Dropout", Dropout::new);
        registry.register("AlphaDropout", AlphaDropout::new);
        registry.register("GaussianDropout", GaussianDropout::new);
        registry.register("GaussianNoise", GaussianNoise::new);
        registry.register("ActivityRegularization", ActivityRegularization::new);
        for (int axes = 1; axes <= MAX_SPATIAL_AXES; axes++) {
            int spatialAxes = axes;
            registry.register("SpatialDropout" + axes + "D", arguments -> new SpatialDropout(spatialAxes, arguments));
        }
    }
}
