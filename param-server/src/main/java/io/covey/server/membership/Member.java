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
 * @param dedicated whether it hosts server shards only, and trains nothing
 */
public record Member(
        int worker,
        String hostToken,
        String aeronDirectory,
        String endpoint,
        String processId,
        String instructionSet,
        boolean dedicated)
        implements Serializable {
    /** One that trains. */
    public Member(
            int worker,
            String hostToken,
            String aeronDirectory,
            String endpoint,
            String processId,
            String instructionSet) {
        this(worker, hostToken, aeronDirectory, endpoint, processId, instructionSet, false);
    }

    /** The same member as one that hosts server shards only. */
    public Member asDedicated() {
        return new Member(worker, hostToken, aeronDirectory, endpoint, processId, instructionSet, true);
    }

    @Override
    public String toString() {
        return (dedicated ? "server " : "worker ") + worker + " (" + processId + ", " + endpoint + ")";
    }
}
