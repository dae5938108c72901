package io.covey.spark.job;

import java.io.Serializable;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often a checkpoint is written.
 *
 * @param count at least 1
 */
public record CheckpointInterval(int count, Unit unit) implements Serializable {
    /** What is counted. */
    public enum Unit {
        EPOCH,
        STEP
    }

    private static final Pattern TEXT = Pattern.compile("([1-9]\\d{0,8}) (epoch|step)s?");

    /**
     * Reads text like {@code 1 epoch} or {@code 500 steps}.
     *
     * @throws IllegalArgumentException when it is anything else
     */
    static CheckpointInterval parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        return new CheckpointInterval(
                Integer.parseInt(matcher.group(1)),
                Unit.valueOf(matcher.group(2).toUpperCase(Locale.ROOT)));
    }

    /** As the job file writes it, for example {@code 2 epochs}. */
    @Override
    public String toString() {
        return count + " " + unit.name().toLowerCase(Locale.ROOT) + (count == 1 ? "" : "s");
    }
}
