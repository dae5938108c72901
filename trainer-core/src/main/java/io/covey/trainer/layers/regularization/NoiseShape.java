package io.covey.trainer.layers.regularization;

import io.covey.trainer.config.Arguments;
import java.util.List;

/** Reads the shape of a dropout's mask. */
final class NoiseShape {
    private NoiseShape() {}

    /** @return sizes with the batch axis, 0 where the input's size counts; empty for all of the input's */
    static List<Integer> read(Arguments arguments) {
        Object shape = arguments.raw("noise_shape", null);
        if (shape == null) {
            return List.of();
        }
        if (!(shape instanceof List<?> sizes)) {
            throw arguments.error("noise_shape", "is " + shape + ", expected a list with a size or null for each axis");
        }
        return sizes.stream().map(size -> size(arguments, size)).toList();
    }

    private static int size(Arguments arguments, Object size) {
        if (size == null) {
            return 0;
        }
        if (size instanceof Integer number && number >= 1) {
            return number;
        }
        throw arguments.error("noise_shape", "has " + size + ", expected integers of at least 1, or null");
    }
}
