package io.covey.server.security;

/** A message that does not come from an authenticated peer, or not as it was sent. Cheap to throw: floods cost little. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message why; constant texts, so that counting by reason stays small */
    public RefusedException(String message) {
        super(message, null, false, false);
    }
}
