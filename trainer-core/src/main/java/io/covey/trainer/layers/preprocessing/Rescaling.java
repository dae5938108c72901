package io.covey.trainer.layers.preprocessing;

import io.covey.trainer.config.Arguments;
import java.util.List;
import java.util.Map;

/** {@code x * scale + offset}; both are numbers, or have one for each channel. */
public final class Rescaling extends AffineLayer {
    private static final long serialVersionUID = 1L;

    private final double[] scale;
    private final double[] offset;

    /** Reads Keras' arguments; {@code scale} is required. */
    public Rescaling(Arguments arguments) {
        super(arguments);
        scale = numbers(arguments, "scale", arguments.raw("scale", null));
        offset = numbers(arguments, "offset", arguments.raw("offset", 0));
    }

    public Rescaling(double scale, double offset) {
        this(Arguments.of("Rescaling", Map.of("scale", scale, "offset", offset)));
    }

    @Override
    public Rescaling copy(Arguments newArguments) {
        return new Rescaling(newArguments);
    }

    @Override
    public Affine affine(List<Integer> shape) {
        int size = shape.stream().reduce(1, Math::multiplyExact);
        int channels = shape.isEmpty() ? 1 : shape.get(shape.size() - 1);
        for (int length : new int[] {scale.length, offset.length}) {
            if (length != 1 && length != channels) {
                throw error("scale or offset has " + length + " numbers, expected 1 or the input's " + channels
                        + " channels");
            }
        }
        float[] factor = new float[size];
        float[] addend = new float[size];
        for (int i = 0; i < size; i++) {
            factor[i] = (float) scale[i % channels % scale.length];
            addend[i] = (float) offset[i % channels % offset.length];
        }
        return new Affine(false, factor, addend);
    }
}
