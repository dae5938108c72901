package io.covey.trainer;

/**
 * Base of all errors that Covey raises on purpose.
 *
 * <p>The category tells the caller what to do: a {@link Category#CALLER} error is the user's to mend (exit code 2) and is
 * never retried, a {@link Category#FAILURE} is something that broke (exit code 1). Messages carry the offending value, the
 * limit and what to change.
 */
public class CoveyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Who has to act. */
    public enum Category {
        /** A wrong argument, job file, data set or environment: mend it and start again. */
        CALLER,
        /** Something broke while running. */
        FAILURE
    }

    private final Category category;

    public CoveyException(Category category, String message, Throwable cause) {
        super(message, cause);
        this.category = category;
    }

    /** A mistake of the caller's. */
    public static CoveyException caller(String message) {
        return new CoveyException(Category.CALLER, message, null);
    }

    /** A mistake of the caller's that another exception revealed. */
    public static CoveyException caller(String message, Throwable cause) {
        return new CoveyException(Category.CALLER, message, cause);
    }

    /** Something broke. */
    public static CoveyException failure(String message) {
        return new CoveyException(Category.FAILURE, message, null);
    }

    /** Something broke, because of {@code cause}. */
    public static CoveyException failure(String message, Throwable cause) {
        return new CoveyException(Category.FAILURE, message, cause);
    }

    public Category category() {
        return category;
    }
}
