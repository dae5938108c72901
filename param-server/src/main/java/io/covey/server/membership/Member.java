package io.covey.server.membership;

import java.io.Serializable;

/**
 * A worker process as its peers reach it.
 *
 * @param worker number of the worker; one that comes in place of another has a number of its own
 * @param hostToken the same for two processes that share memory-mapped files (boot id and mount of the driver directory)
 * @param aeronDirectory directory of the worker's media driver
 * @param endpoint {@code host:port} at which the worker's media driver receives UDP
 * @param processId for messages to people: {@code pid@host}
 * @param instructionSet widest vector instructions that the engine uses, for example {@code avx512_core}
 */
public record Member(
        int worker, String hostToken, String aeronDirectory, String endpoint, String processId, String instructionSet)
        implements Serializable {
    @Override
    public String toString() {
        return "worker " + worker + " (" + processId + ", " + endpoint + ")";
    }
}
