package io.covey.server.worker;

import io.covey.trainer.CoveyException;

/** The run goes on without this worker, which counts as lost. Its process may join anew under another number. */
public final class DismissedException extends CoveyException {
    private static final long serialVersionUID = 1L;

    DismissedException(String message) {
        super(Category.FAILURE, message, null);
    }
}
