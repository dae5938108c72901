package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Python's {@code str.format} with named numbers: {@code {epoch:02d}}, {@code {val_loss:.2f}}. The format specification is
 * Python's mini-language without grouping; the types are d, f, e, g, % and none.
 */
final class PythonFormat {
    private static final Pattern FIELD = Pattern.compile("\\{\\{|\\}\\}|\\{([^{}:!]*)(?:![rs])?(?::([^{}]*))?\\}|[{}]");
    private static final Pattern SPECIFICATION =
            Pattern.compile("(?:(.)?([<>=^]))?([-+ ])?(0)?(\\d+)?(?:\\.(\\d+))?([a-zA-Z%])?");
    private static final int PRECISION_DEFAULT = 6;

    private PythonFormat() {}

    /**
     * Fills in a template.
     *
     * @param numbers gives a field's number, an {@link Integer} or a {@link Double}; it may throw for a name that is not known
     * @throws CoveyException a caller's error when the template is malformed or asks for something else than numbers
     */
    static String format(String template, Function<String, Number> numbers) {
        Matcher matcher = FIELD.matcher(template);
        StringBuilder text = new StringBuilder();
        while (matcher.find()) {
            String field = matcher.group();
            String replacement =
                    switch (field) {
                        case "{{" -> "{";
                        case "}}" -> "}";
                        case "{", "}" ->
                            throw CoveyException.caller("'" + template + "' has a single '" + field
                                    + "': write it twice to mean the character");
                        default -> number(numbers.apply(matcher.group(1)), matcher.group(2), template);
                    };
            matcher.appendReplacement(text, Matcher.quoteReplacement(replacement));
        }
        return matcher.appendTail(text).toString();
    }

    private static String number(Number value, String specification, String template) {
        if (specification == null || specification.isEmpty()) {
            return PythonText.str(value);
        }
        Matcher spec = SPECIFICATION.matcher(specification);
        if (!spec.matches()) {
            throw unknown(specification, template);
        }
        int precision = spec.group(6) == null ? -1 : Integer.parseInt(spec.group(6));
        String type = spec.group(7) == null ? "" : spec.group(7);
        String magnitude =
                switch (type) {
                    case "" ->
                        value instanceof Integer || precision < 0
                                ? PythonText.str(value).replaceFirst("^-", "")
                                : general(value.doubleValue(), precision, true);
                    case "d" -> {
                        if (!(value instanceof Integer)) {
                            throw unknown(specification, template);
                        }
                        yield PythonText.str(value).replaceFirst("^-", "");
                    }
                    case "f", "F" -> fixed(value.doubleValue(), precision);
                    case "e" -> scientific(value.doubleValue(), precision < 0 ? PRECISION_DEFAULT : precision);
                    case "g" -> general(value.doubleValue(), precision, false);
                    case "%" -> fixed(value.doubleValue() * 100, precision) + "%";
                    default -> throw unknown(specification, template);
                };
        boolean negative = value.doubleValue() < 0 || Double.compare(value.doubleValue(), -0.0) == 0;
        String plus = spec.group(3) == null || spec.group(3).equals("-") ? "" : spec.group(3);
        String sign = negative ? "-" : plus;
        boolean zeros = spec.group(4) != null && spec.group(2) == null;
        char fill = zeros ? '0' : spec.group(1) == null ? ' ' : spec.group(1).charAt(0);
        String align = zeros ? "=" : spec.group(2) == null ? ">" : spec.group(2);
        int width = spec.group(5) == null ? 0 : Integer.parseInt(spec.group(5));
        return pad(sign, magnitude, fill, align, width);
    }

    private static String pad(String sign, String magnitude, char fill, String align, int width) {
        int room = Math.max(0, width - sign.length() - magnitude.length());
        String filling = String.valueOf(fill).repeat(room);
        return switch (align) {
            case "=" -> sign + filling + magnitude;
            case "<" -> sign + magnitude + filling;
            case "^" -> filling.substring(0, room / 2) + sign + magnitude + filling.substring(room / 2);
            default -> filling + sign + magnitude;
        };
    }

    /** {@code %.Nf} of the magnitude, rounded from the exact binary value as Python does. */
    static String fixed(double value, int precision) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return PythonFloat.repr(Math.abs(value));
        }
        return new BigDecimal(Math.abs(value))
                .setScale(precision < 0 ? PRECISION_DEFAULT : precision, RoundingMode.HALF_EVEN)
                .toPlainString();
    }

    /** {@code %.Ne} of the magnitude. */
    static String scientific(double value, int precision) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return PythonFloat.repr(Math.abs(value));
        }
        BigDecimal rounded = rounded(value, precision + 1);
        String digits = digits(rounded, precision + 1);
        int exponent = exponent(rounded);
        String power = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : Integer.toString(Math.abs(exponent));
        return digits.charAt(0) + (precision == 0 ? "" : "." + digits.substring(1)) + "e" + (exponent < 0 ? "-" : "+")
                + power;
    }

    /** @param isNumber whether the text must look like a float even if it is whole: Python's format without a type */
    private static String general(double value, int givenPrecision, boolean isNumber) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return PythonFloat.repr(Math.abs(value));
        }
        int precision = givenPrecision < 0 ? PRECISION_DEFAULT : Math.max(1, givenPrecision);
        int exponent = exponent(rounded(value, precision));
        if (exponent < -4 || exponent >= (isNumber ? precision - 1 : precision)) {
            return scientific(value, precision - 1).replaceFirst("\\.?0*e", "e");
        }
        String text = fixed(value, precision - 1 - exponent);
        String shortest = text.contains(".") ? text.replaceFirst("\\.?0*$", "") : text;
        return isNumber && !shortest.contains(".") ? shortest + ".0" : shortest;
    }

    private static BigDecimal rounded(double value, int digits) {
        return new BigDecimal(Math.abs(value)).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    }

    private static int exponent(BigDecimal value) {
        return value.signum() == 0 ? 0 : value.precision() - 1 - value.scale();
    }

    private static String digits(BigDecimal value, int count) {
        String digits = value.unscaledValue().toString();
        return digits.length() >= count ? digits.substring(0, count) : digits + "0".repeat(count - digits.length());
    }

    private static CoveyException unknown(String specification, String template) {
        return CoveyException.caller("'" + template + "' has the format '" + specification
                + "', it must be one of Python's for numbers, for example 02d or .2f");
    }
}
