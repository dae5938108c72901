package io.covey.server.frame;

/** Counts frames that were received and not used. Belongs to the client's thread. */
public final class DroppedFrames {
    private long malformed;
    private long stale;
    private long duplicate;
    private long unbound;
    private long tampered;

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

    /** Frames of sessions that belong to no worker of the job. */
    public long unbound() {
        return unbound;
    }

    /** Frames that are not what the worker has sent whose session they came by. Seen with encryption only. */
    public long tampered() {
        return tampered;
    }

    /** Counts one as {@link #malformed}. */
    public void countMalformed() {
        malformed++;
    }

    /** Counts one as {@link #stale}. */
    public void countStale() {
        stale++;
    }

    /** Counts one as {@link #duplicate}. */
    public void countDuplicate() {
        duplicate++;
    }

    void countUnbound() {
        unbound++;
    }

    void countTampered() {
        tampered++;
    }

    @Override
    public String toString() {
        return malformed + " malformed, " + stale + " stale, " + duplicate + " duplicate, " + unbound + " unbound, "
                + tampered + " tampered";
    }
}
