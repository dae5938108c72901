package io.covey.spark.job;

import java.util.function.Function;

/**
 * A single value.
 *
 * @param wanted for messages, for example {@code a whole number of at least 1}
 * @param quotable whether a quoted value is accepted: text is, a number in quotes is text and no number
 * @param parser throws IllegalArgumentException for what is not wanted
 * @param writer to text, a number or a boolean
 */
record ScalarType<T>(
        String label, String wanted, boolean quotable, Function<String, T> parser, Function<T, Object> writer)
        implements Type<T> {
    @Override
    public T read(YamlNode node, String path, Reading reading) {
        if (node instanceof YamlNode.Scalar scalar && (quotable || !scalar.quoted())) {
            try {
                return parser.apply(scalar.text());
            } catch (IllegalArgumentException e) {
                reading.problems().add(path, "is " + scalar.shown() + ", wanted " + wanted);
                return null;
            }
        }
        reading.problems().add(path, "is " + node.shown() + ", wanted " + wanted);
        return null;
    }

    @Override
    public Object write(T value, Form form) {
        return writer.apply(value);
    }
}
