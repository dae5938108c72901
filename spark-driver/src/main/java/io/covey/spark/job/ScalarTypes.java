package io.covey.spark.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The single values of a job file. */
final class ScalarTypes {
    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,19}");
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
    private static final Pattern DURATION = Pattern.compile("([1-9]\\d{0,5}) ?(ms|s|min|h)");
    private static final Pattern JOB_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    /** Not blank. */
    static final ScalarType<String> TEXT = text("text", "some text", text -> !text.isBlank());

    static final ScalarType<Character> CHARACTER = new ScalarType<>(
            "character",
            "a single character",
            true,
            text -> require(text, text.length() == 1).charAt(0),
            String::valueOf);

    /** Becomes a part of file names. */
    static final ScalarType<String> NAME =
            text("name", "a name of letters, digits, '.', '_' and '-'", text -> JOB_NAME.matcher(text)
                    .matches());

    static final ScalarType<String> LOCAL_FOLDER =
            text("absolute path", "an absolute path on every worker's machine", text -> text.startsWith("/"));

    static final ScalarType<Boolean> BOOLEAN = new ScalarType<>(
            "true or false",
            "true or false",
            false,
            text -> Boolean.valueOf(require(text, PlainValue.isBoolean(text))),
            b -> b);

    static final ScalarType<Long> SEED =
            new ScalarType<>("integer", "a whole number of 64 bits", false, ScalarTypes::parseLong, n -> n);

    static final ScalarType<Double> POSITIVE_NUMBER = new ScalarType<>(
            "number > 0", "a number above 0", false, text -> positive(parseNumber(text)), Double::valueOf);

    static final ScalarType<Double> SHARE = new ScalarType<>(
            "number in [0, 1)",
            "a number from 0 to below 1",
            false,
            text -> {
                double share = parseNumber(text);
                require(text, share >= 0 && share < 1);
                return share;
            },
            Double::valueOf);

    static final ScalarType<Double> FRACTION = new ScalarType<>(
            "number > 0 or fraction",
            "a number above 0 or a fraction like 1/255",
            false,
            ScalarTypes::parseFraction,
            Double::valueOf);

    static final ScalarType<Duration> DURATION_TYPE = new ScalarType<>(
            "duration",
            "a duration like 500 ms, 30 s, 2 min or 1 h",
            true,
            ScalarTypes::parseDuration,
            ScalarTypes::formatDuration);

    static final ScalarType<CheckpointInterval> INTERVAL = new ScalarType<>(
            "interval",
            "an interval like 1 epoch, 2 epochs or 500 steps",
            true,
            CheckpointInterval::parse,
            CheckpointInterval::toString);

    private ScalarTypes() {}

    static ScalarType<Integer> integer(int minimum) {
        return new ScalarType<>(
                "integer >= " + minimum,
                "a whole number from " + minimum + " to " + Integer.MAX_VALUE,
                false,
                text -> Math.toIntExact(inRange(text, minimum, Integer.MAX_VALUE)),
                n -> n);
    }

    static ScalarType<Integer> integer(int minimum, int maximum) {
        return new ScalarType<>(
                "integer " + minimum + " to " + maximum,
                "a whole number from " + minimum + " to " + maximum,
                false,
                text -> Math.toIntExact(inRange(text, minimum, maximum)),
                n -> n);
    }

    static ScalarType<Long> longInteger(long minimum) {
        return new ScalarType<>(
                "integer >= " + minimum,
                "a whole number of at least " + minimum,
                false,
                text -> inRange(text, minimum, Long.MAX_VALUE),
                n -> n);
    }

    /** A constant of an enum, by its name in lower case. */
    static <E extends Enum<E>> ScalarType<E> constant(Class<E> type) {
        String[] names = Arrays.stream(type.getEnumConstants())
                .map(ScalarTypes::lowerCase)
                .toArray(String[]::new);
        return choice(
                String.join(", ", names),
                name -> Enum.valueOf(type, name.toUpperCase(Locale.ROOT)),
                ScalarTypes::lowerCase,
                names);
    }

    /** One of a few names. */
    static <T> ScalarType<T> choice(
            String label, Function<String, T> parser, Function<T, Object> writer, String... names) {
        List<String> known = List.of(names);
        String wanted = known.size() == 1
                ? known.get(0) + " (the only choice)"
                : known.stream().limit(known.size() - 1L).collect(Collectors.joining(", ")) + " or "
                        + known.get(known.size() - 1);
        return new ScalarType<>(label, wanted, true, text -> parser.apply(require(text, known.contains(text))), writer);
    }

    private static ScalarType<String> text(String label, String wanted, Function<String, Boolean> rule) {
        return new ScalarType<>(label, wanted, true, text -> require(text, rule.apply(text)), text -> text);
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String require(String text, boolean right) {
        if (!right) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    private static long parseLong(String text) {
        return Long.parseLong(require(text, INTEGER.matcher(text).matches()));
    }

    private static long inRange(String text, long minimum, long maximum) {
        long value = parseLong(text);
        require(text, value >= minimum && value <= maximum);
        return value;
    }

    private static double parseNumber(String text) {
        return Double.parseDouble(require(text, NUMBER.matcher(text).matches()));
    }

    /** Training computes in float32: a number that vanishes or overflows there is refused. */
    private static double positive(double value) {
        require(String.valueOf(value), (float) value > 0 && Float.isFinite((float) value));
        return value;
    }

    private static double parseFraction(String text) {
        int slash = text.indexOf('/');
        return positive(
                slash < 0
                        ? parseNumber(text)
                        : parseNumber(text.substring(0, slash).strip())
                                / parseNumber(text.substring(slash + 1).strip()));
    }

    private static Duration parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text);
        require(text, matcher.matches());
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "min" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static String formatDuration(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + " ms";
        }
        if (millis % 60_000 != 0) {
            return millis / 1000 + " s";
        }
        return millis % 3_600_000 != 0 ? millis / 60_000 + " min" : millis / 3_600_000 + " h";
    }
}
