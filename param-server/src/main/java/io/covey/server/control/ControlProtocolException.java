package io.covey.server.control;

import io.covey.trainer.CoveyException;

/** A control message that this process cannot understand. */
public final class ControlProtocolException extends CoveyException {
    private static final long serialVersionUID = 1L;

    ControlProtocolException(String message, Throwable cause) {
        super(Category.FAILURE, message, cause);
    }
}
