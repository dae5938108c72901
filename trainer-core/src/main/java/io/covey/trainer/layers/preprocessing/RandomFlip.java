package io.covey.trainer.layers.preprocessing;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** Mirrors every other image at random. */
public final class RandomFlip extends ImageTransform {
    private static final long serialVersionUID = 1L;

    private static final double[] UNIT = {0, 1};

    private final boolean horizontal;
    private final boolean vertical;

    /** Reads Keras' arguments. */
    public RandomFlip(Arguments arguments) {
        super(arguments, FillMode.REFLECT);
        String mode = arguments.choice(
                "mode", "horizontal_and_vertical", "horizontal_and_vertical", "horizontal", "vertical");
        horizontal = !mode.equals("vertical");
        vertical = !mode.equals("horizontal");
    }

    /** @param mode horizontal, vertical or horizontal_and_vertical, which mirrors both ways or not at all */
    public RandomFlip(String mode) {
        this(Arguments.of("RandomFlip", Map.of("mode", mode)));
    }

    @Override
    public RandomFlip copy(Arguments newArguments) {
        return new RandomFlip(newArguments);
    }

    @Override
    public void matrix(long key, int row, int height, int width, double[] matrix) {
        boolean flips = uniform(key, row, 0, UNIT) <= 0.5;
        aroundCentre(flips && horizontal ? -1 : 1, 0, 0, flips && vertical ? -1 : 1, height, width, matrix);
    }
}
