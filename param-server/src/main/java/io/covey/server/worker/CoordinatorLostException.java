package io.covey.server.worker;

import io.covey.trainer.CoveyException;

/** A worker has no connection to its coordinator any more: the driver has ended, or the network to it is down. */
public final class CoordinatorLostException extends CoveyException {
    private static final long serialVersionUID = 1L;

    CoordinatorLostException(String message) {
        super(Category.FAILURE, message, null);
    }
}
