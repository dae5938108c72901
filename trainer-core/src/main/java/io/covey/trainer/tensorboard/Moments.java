package io.covey.trainer.tensorboard;

/**
 * Mean and standard deviation of values, as a plot of weights shows them beside a histogram; NaN without values.
 *
 * @param mean arithmetic mean
 * @param standardDeviation of the values themselves (NumPy's {@code ddof=0})
 */
public record Moments(double mean, double standardDeviation) {
    /** The moments, summed in double precision. */
    public static Moments of(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        double mean = sum / values.length;
        double squares = 0;
        for (float value : values) {
            squares += (value - mean) * (value - mean);
        }
        return new Moments(mean, Math.sqrt(squares / values.length));
    }
}
