package io.covey.trainer.checkpoint;

/** Bytes that are not what the format asks for; whoever knows the file's name makes a {@link CorruptCheckpointException} of it. */
final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final long offset;

    /** @param offset of the offending byte in its file */
    MalformedException(long offset, String message) {
        super(message);
        this.offset = offset;
    }

    long offset() {
        return offset;
    }
}
