package io.covey.server.exchange;

/** Counts frames that were received and not used. Belongs to the client's thread. */
public final class DroppedFrames {
    private long malformed;
    private long stale;
    private long duplicate;

    /** Frames that no version of this protocol writes: wrong length, version, type, tree node or chunk. */
    public long malformed() {
        return malformed;
    }

    /** Frames of another membership, or of a step that is done. */
    public long stale() {
        return stale;
    }

    /** Contributions that had been counted already. */
    public long duplicate() {
        return duplicate;
    }

    void countMalformed() {
        malformed++;
    }

    void countStale() {
        stale++;
    }

    void countDuplicate() {
        duplicate++;
    }

    @Override
    public String toString() {
        return malformed + " malformed, " + stale + " stale, " + duplicate + " duplicate";
    }
}
