package io.covey.server.control;

import io.covey.trainer.CoveyException;
import io.covey.trainer.CoveyException.Category;
import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * An exception on its way to another process.
 *
 * @param category who has to act
 * @param message one line for people, at most {@link #MESSAGE_LIMIT} characters
 * @param details the stack traces as text, at most {@link #DETAILS_LIMIT} characters
 */
public record ErrorReport(Category category, String message, String details) {
    public static final int MESSAGE_LIMIT = 4_000;
    public static final int DETAILS_LIMIT = 16_000;

    public ErrorReport {
        message = bounded(message, MESSAGE_LIMIT);
        details = bounded(details, DETAILS_LIMIT);
    }

    /** What another process needs to know of {@code error}. */
    public static ErrorReport of(Throwable error) {
        StringWriter stack = new StringWriter();
        error.printStackTrace(new PrintWriter(stack));
        if (error instanceof CoveyException covey) {
            return new ErrorReport(covey.category(), covey.getMessage(), stack.toString());
        }
        return new ErrorReport(Category.FAILURE, error.toString(), stack.toString());
    }

    /** The exception to throw here; {@code who} leads its message, the remote stack is its cause. */
    public CoveyException toException(String who) {
        return new CoveyException(category, who + ": " + message, new RemoteFailure(details));
    }

    private static String bounded(String text, int limit) {
        return text.length() <= limit ? text : text.substring(0, limit - 3) + "...";
    }
}
