package io.covey.trainer.layers.normalization;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.layers.WeightSettings;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The factor gamma and the offset beta that follow a normalisation.
 *
 * @param scale whether there is a gamma
 * @param center whether there is a beta
 */
record ScaleAndShift(boolean scale, boolean center, WeightSettings gamma, WeightSettings beta) implements Serializable {
    static ScaleAndShift read(Arguments arguments) {
        return new ScaleAndShift(
                arguments.flag("scale", true),
                arguments.flag("center", true),
                WeightSettings.read(arguments, "gamma", "ones"),
                WeightSettings.read(arguments, "beta", "zeros"));
    }

    /** The variables that there are, in Keras' order; the list may be added to. */
    List<Weight> weights(List<Integer> shape) {
        List<Weight> weights = new ArrayList<>();
        if (scale) {
            weights.add(gamma.weight("gamma", shape));
        }
        if (center) {
            weights.add(beta.weight("beta", shape));
        }
        return weights;
    }
}
