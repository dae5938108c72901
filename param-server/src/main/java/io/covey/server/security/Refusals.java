package io.covey.server.security;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what was refused by reason, and logs the first of each. Thread-safe. */
public final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final String place;
    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

    /** @param place what was spoken to, for the log */
    public Refusals(String place) {
        this.place = place;
    }

    /** Counts one more. */
    public void count(RefusedException refused, int session) {
        if (counts.computeIfAbsent(refused.getMessage(), reason -> new AtomicLong())
                        .incrementAndGet()
                == 1) {
            LOG.warn(
                    "{} refused what came by Aeron session {}: {}; more of the kind are counted, not logged",
                    place,
                    session,
                    refused.getMessage());
        }
    }

    /** How many were refused. */
    public long total() {
        return counts.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /** How many were refused, by reason. */
    @Override
    public String toString() {
        return new TreeMap<>(counts).toString();
    }
}
