package io.covey.trainer.initializers;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.random.CounterRandom;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Numbers of variance {@code scale / fan}: the family of Glorot's (Glorot and Bengio, AISTATS 2010), He's (He et al., ICCV
 * 2015) and LeCun's initializers.
 *
 * @param scale above 0
 * @param mode which fan
 * @param distribution of the numbers, all with mean 0
 */
public record VarianceScaling(double scale, Mode mode, Distribution distribution) implements Initializer {
    /** Standard deviation of a standard normal number truncated at 2, by which Keras divides. */
    private static final double TRUNCATED_STDDEV = 0.8796256610342398;

    /** What the variance is divided by. */
    public enum Mode {
        FAN_IN,
        FAN_OUT,
        FAN_AVG
    }

    /** The shape of the distribution. */
    public enum Distribution {
        TRUNCATED_NORMAL,
        UNTRUNCATED_NORMAL,
        UNIFORM
    }

    /** @throws CoveyException a caller's error when the scale is not above 0 */
    public VarianceScaling {
        if (!(scale > 0 && scale <= Double.MAX_VALUE)) {
            throw CoveyException.caller("VarianceScaling: scale is " + scale + ", it must be above 0");
        }
    }

    static VarianceScaling of(Arguments arguments) {
        String mode = arguments.choice("mode", "fan_in", "fan_in", "fan_out", "fan_avg");
        String distribution = arguments.choice(
                "distribution", "truncated_normal", "truncated_normal", "untruncated_normal", "uniform", "normal");
        return new VarianceScaling(
                arguments.real("scale", 1),
                Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
                distribution.equals("normal")
                        ? Distribution.TRUNCATED_NORMAL
                        : Distribution.valueOf(distribution.toUpperCase(Locale.ROOT)));
    }

    @Override
    public Map<String, Object> config() {
        return Map.of(
                "scale", scale,
                "mode", mode.name().toLowerCase(Locale.ROOT),
                "distribution", distribution.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count) {
        Fans fans = Fans.of(shape);
        double fan =
                switch (mode) {
                    case FAN_IN -> fans.in();
                    case FAN_OUT -> fans.out();
                    case FAN_AVG -> fans.average();
                };
        double variance = scale / Math.max(1, fan);
        Initializer draws =
                switch (distribution) {
                    case TRUNCATED_NORMAL -> new TruncatedNormal(0, Math.sqrt(variance) / TRUNCATED_STDDEV);
                    case UNTRUNCATED_NORMAL -> new RandomNormal(0, Math.sqrt(variance));
                    case UNIFORM -> new RandomUniform(-Math.sqrt(3 * variance), Math.sqrt(3 * variance));
                };
        draws.fill(shape, random, from, target, offset, count);
    }
}
