package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;

/** A checkpoint file that is torn, damaged, missing or of a format that this version does not know. */
public final class CorruptCheckpointException extends CoveyException {
    private static final long serialVersionUID = 1L;

    /** The value of {@link #offset} when the problem has no place in the file. */
    public static final long NO_OFFSET = -1;

    private final String file;
    private final String key;
    private final long offset;

    CorruptCheckpointException(String file, String key, long offset, String problem, Throwable cause) {
        super(Category.FAILURE, message(file, key, offset, problem), cause);
        this.file = file;
        this.key = key;
        this.offset = offset;
    }

    private static String message(String file, String key, long offset, String problem) {
        return "checkpoint file " + file + (key.isEmpty() ? "" : ", tensor " + key)
                + (offset == NO_OFFSET ? "" : ", at byte " + offset) + ": " + problem;
    }

    /** Path of the broken file. */
    public String file() {
        return file;
    }

    /** Name of the tensor that cannot be read, empty if the problem concerns the whole file. */
    public String key() {
        return key;
    }

    /** Where in the file, or {@link #NO_OFFSET}. */
    public long offset() {
        return offset;
    }
}
