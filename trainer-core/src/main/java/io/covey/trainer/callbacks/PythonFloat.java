package io.covey.trainer.callbacks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Prints doubles as Python's {@code repr}: the shortest digits that read back as the same number, {@code 1e-07} and
 * {@code 1e+16} outside [1e-4, 1e16). {@link Double#toString} differs in both respects.
 */
final class PythonFloat {
    private static final int DIGITS_MAX = 17;
    private static final int FLOAT_DIGITS_MAX = 9;
    private static final double FIXED_MIN = 1e-4;
    private static final double FIXED_END = 1e16;
    /** NumPy 2.4 prints float32 of a million and more with an exponent. */
    private static final float FLOAT_FIXED_END = 1e6f;

    private PythonFloat() {}

    static String repr(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        String sign = Double.compare(value, 0.0) < 0 ? "-" : "";
        if (Double.isInfinite(value)) {
            return sign + "inf";
        }
        if (value == 0) {
            return sign + "0.0";
        }
        return text(sign, shortest(Math.abs(value)), isFixed(Math.abs(value), FIXED_END));
    }

    /** {@code str} of NumPy's float32. */
    static String repr(float value) {
        if (Float.isNaN(value) || Float.isInfinite(value) || value == 0) {
            return repr((double) value);
        }
        return text(value < 0 ? "-" : "", shortest(Math.abs(value)), isFixed(Math.abs(value), FLOAT_FIXED_END));
    }

    /** Whether a number is printed without an exponent: NumPy asks the number itself, not the digits that it is printed with. */
    private static boolean isFixed(double magnitude, double end) {
        return magnitude >= FIXED_MIN && magnitude < end;
    }

    private static String text(String sign, BigDecimal number, boolean fixed) {
        BigDecimal shortest = number.stripTrailingZeros();
        String digits = shortest.unscaledValue().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        if (!fixed) {
            String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
            String power = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
            return sign + mantissa + "e" + (exponent < 0 ? "-" : "+") + power;
        }
        return sign + shortest.toPlainString() + (shortest.scale() <= 0 ? ".0" : "");
    }

    private static BigDecimal shortest(float value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < FLOAT_DIGITS_MAX; digits++) {
            BigDecimal nearest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (nearest.floatValue() == value) {
                return nearest;
            }
            BigDecimal above = exact.round(new MathContext(digits, RoundingMode.UP));
            if (above.floatValue() == value) {
                return above;
            }
        }
        return exact.round(new MathContext(FLOAT_DIGITS_MAX, RoundingMode.HALF_EVEN));
    }

    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < DIGITS_MAX; digits++) {
            BigDecimal nearest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (nearest.doubleValue() == value) {
                return nearest;
            }
            // Above a power of two doubles lie twice as far apart as below it, so the farther neighbour may be the one
            // that fits.
            BigDecimal above = exact.round(new MathContext(digits, RoundingMode.UP));
            if (above.doubleValue() == value) {
                return above;
            }
        }
        return exact.round(new MathContext(DIGITS_MAX, RoundingMode.HALF_EVEN));
    }
}
