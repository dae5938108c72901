package io.covey.spark.bench;

import io.covey.trainer.CoveyException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What connects simulated workers.
 *
 * @param name as given: {@code host}, or the rate of each worker's full-duplex link, for example {@code 25G}
 * @param bytesPerSecond each way; infinite on one host
 * @param roundTrip seconds
 */
record SimulatedNetwork(String name, double bytesPerSecond, double roundTrip) {
    static final String HOST = "host";

    private static final Pattern RATE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)([MG])");
    private static final double BITS = 8;

    /** The network named {@code name}; {@code roundTrip} seconds count between hosts only. */
    static SimulatedNetwork of(String name, double roundTrip) {
        if (name.equals(HOST)) {
            return new SimulatedNetwork(name, Double.POSITIVE_INFINITY, 0);
        }
        Matcher rate = RATE.matcher(name);
        if (!rate.matches() || Double.parseDouble(rate.group(1)) == 0) {
            throw CoveyException.caller(
                    "network " + name + " is not known: give bits per second above 0, for example 10G"
                            + " or 500M, or host for processes of one machine");
        }
        double unit = rate.group(2).equals("G") ? 1e9 : 1e6;
        return new SimulatedNetwork(name, Double.parseDouble(rate.group(1)) * unit / BITS, roundTrip);
    }

    /** Whether all workers are processes of one machine and share its cores. */
    boolean isHost() {
        return name.equals(HOST);
    }
}
